// Memory and processor use over time, with two axes and the bounds that matter.
import { h } from './dom.js';
import { absolute, amount, bytes, duration } from './format.js';
import { colour, faint } from './sparkline.js';

const LIBRARY = '/webjars/uplot/1.6.32/dist';
const HEIGHT = 190;
// A bound far above all readings would press them flat on the axis; the words below the chart name it all the same.
const BOUND_IN_SIGHT = 2.5;
const POWERS = Array.from({ length: 32 }, (_, index) => 2 ** (10 + index));

let library = null;

/** Loads the charting library when the first chart is wanted. */
function load() {
  library ??= (async () => {
    const style = h('link', { rel: 'stylesheet', href: `${LIBRARY}/uPlot.min.css` });
    // Before our own, which overrule it.
    document.head.prepend(style);
    return (await import(`${LIBRARY}/uPlot.esm.js`)).default;
  })();
  library.catch(() => {
    library = null;
  });
  return library;
}

const known = (points, name) => points.map((point) => point[name]).filter((value) => value !== null);

function series(points, bounds) {
  const at = points.map((point) => new Date(point.at).getTime() / 1000 + point.spanSeconds / 2);
  // What is not known is null, and a gap in the line.
  const column = (name) => points.map((point) => point[name]);
  const highest = Math.max(1, ...known(points, 'peakMemoryBytes'), ...known(points, 'memoryBytes'));
  const lines = bounds.filter((bound) => bound.bytes && bound.bytes <= highest * BOUND_IN_SIGHT);
  return { lines, data: [at, column('memoryBytes'), column('peakMemoryBytes'), column('cores'), ...lines.map((bound) => at.map(() => bound.bytes))] };
}

const pick = (value, text) => (value === null || value === undefined ? '–' : text(value));

function options(width, lines, time) {
  const points = { show: false };
  const axis = { stroke: colour('--muted'), grid: { stroke: faint('--muted', 0.16), width: 1 }, ticks: { stroke: faint('--muted', 0.16), width: 1, size: 4 }, font: '11px system-ui, sans-serif' };
  return {
    width,
    height: HEIGHT,
    scales: { x: { time: true }, memory: { range: (_, low, high) => [0, Math.max(1, high ?? 1) * 1.06] }, cores: { range: (_, low, high) => [0, Math.max(1, high ?? 1) * 1.06] } },
    cursor: { drag: { x: true, y: false }, points: { size: 5 } },
    series: [
      { label: 'Time', value: (_, value) => pick(value, (at) => absolute(at * 1000)) },
      { label: 'Memory', scale: 'memory', stroke: colour('--accent'), width: 1.6, fill: faint('--accent', 0.13), points, value: (_, value) => pick(value, bytes) },
      { label: 'Peak', scale: 'memory', stroke: faint('--accent', 0.6), width: 1, dash: [2, 3], points, value: (_, value) => pick(value, bytes) },
      { label: 'CPU cores', scale: 'cores', stroke: colour('--good'), width: 1.3, points, value: (_, value) => pick(value, amount) },
      ...lines.map((bound) => ({ label: bound.name, scale: 'memory', stroke: colour(bound.colour ?? '--bad'), width: 1.2, dash: [7, 4], points, value: (_, value) => pick(value, bytes) })),
    ],
    axes: [
      { ...axis, size: 28, values: (_, splits) => splits.map(time), space: 74 },
      { ...axis, scale: 'memory', size: 64, incrs: POWERS, values: (_, splits) => splits.map((value) => (value ? bytes(value).replace('.0 ', ' ') : '0')) },
      { ...axis, scale: 'cores', side: 1, size: 34, grid: { show: false }, stroke: colour('--good'), values: (_, splits) => splits.map(amount) },
    ],
  };
}

function summary(points, bounds) {
  const came = (name, text) => {
    const values = known(points, name);
    return values.length ? `came to ${text(Math.max(...values))}` : 'is not known';
  };
  const [first, last] = [points[0], points[points.length - 1]];
  const seconds = (new Date(last.at) - new Date(first.at)) / 1000 + last.spanSeconds;
  return `Memory ${came('peakMemoryBytes', bytes)} and CPU ${came('peakCores', (cores) => `${amount(cores)} cores`)}, in ${duration(seconds)}.`
    + bounds.filter((bound) => bound.bytes).map((bound) => ` ${bound.name}: ${bytes(bound.bytes)}.`).join('');
}

/**
 * Makes a chart in `parent`. `show(points, bounds)` draws usage points with bounds {name, bytes, colour}; `close()` gives
 * everything back.
 */
export function usageChart(parent, emptyText) {
  let plot = null;
  let shown = null;
  let drawnLines = '';
  let closed = false;
  // Named from the beginning: a screen reader has nothing else to say while the chart is loading.
  const figure = h('div', { role: 'img', 'aria-label': emptyText });
  const words = h('p', { class: 'muted' });
  parent.replaceChildren(figure, words);

  const width = () => Math.max(220, figure.clientWidth);
  const timeText = (at) => {
    const [, day, clock] = /^(?:(.*), )?(\d.*)$/.exec(absolute(at * 1000));
    const { points } = shown;
    const days = (new Date(points[points.length - 1].at) - new Date(points[0].at)) / 86_400_000;
    return day && days > 1.5 ? day : clock.replace(/^(\d\d:\d\d):00$/, '$1');
  };

  async function draw() {
    if (!shown || closed) return;
    const { points, bounds } = shown;
    if (points.length < 2) {
      plot?.destroy();
      plot = null;
      words.textContent = emptyText;
      figure.setAttribute('aria-label', emptyText);
      return;
    }
    let UPlot;
    try {
      UPlot = await load();
    } catch {
      words.textContent = `The chart cannot be loaded. ${summary(points, bounds)}`;
      return;
    }
    if (closed || shown.points !== points) return;
    const { lines, data } = series(points, bounds);
    const lineNames = lines.map(({ name }) => name).join();
    words.textContent = summary(points, bounds);
    figure.setAttribute('aria-label', words.textContent);
    if (plot && drawnLines === lineNames) {
      plot.setData(data);
    } else {
      plot?.destroy();
      drawnLines = lineNames;
      plot = new UPlot(options(width(), lines, timeText), data, figure);
    }
  }

  function again() {
    plot?.destroy();
    plot = null;
    draw();
  }
  const watcher = new ResizeObserver(() => plot && Math.abs(plot.width - width()) > 1 && plot.setSize({ width: width(), height: HEIGHT }));
  watcher.observe(figure);
  window.addEventListener('themechange', again);

  return {
    show(points, bounds = []) {
      shown = { points, bounds };
      return draw();
    },
    close() {
      closed = true;
      watcher.disconnect();
      window.removeEventListener('themechange', again);
      plot?.destroy();
    },
  };
}
