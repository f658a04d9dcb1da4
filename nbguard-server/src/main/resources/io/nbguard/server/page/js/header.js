// The header: what all notebooks share, how near the watchdog is to acting, and what protects the node.
import { byId, h, icon, setAttribute, setText } from './dom.js';
import { absolute, amount, bytes } from './format.js';
import { on, state } from './store.js';

const RUNGS = {
  NORMAL: ['Normal', 'calm', 'check'],
  WARN: ['Memory is high', 'warn', 'warning'],
  STOP_ADMITTING: ['Starts are held back', 'warn', 'pause'],
  KILL: ['Ending the heaviest', 'alarm', 'alarm'],
};
const STALLED = ['The watchdog stands still', 'alarm', 'alarm'];
const TIERS = { READ_ONLY: 'Read-only tier', WRITABLE: 'Writable tier' };
const CONNECTIONS = { connecting: 'connecting…', live: 'live', reconnecting: 'reconnecting…' };

const valueOf = (reading) => reading?.value ?? null;

/** A named bar with marks: `show({used, cache, most, words, marks, tone})`. */
function gauge(name, className = '') {
  const figures = h('span', {});
  const used = h('i', { class: 'used' });
  const cache = h('i', { class: 'cache' });
  const bar = h('div', { class: 'meter', role: 'meter', 'aria-label': name, 'aria-valuemin': 0 }, cache, used);
  const element = h('div', { class: `gauge ${className}` }, h('div', { class: 'words' }, h('span', { class: 'muted' }, name), figures), bar);
  let shownMarks = '';
  return {
    element,
    show({ now, rest, most, withCache = now, marks = [], tone = '' }) {
      figures.replaceChildren(h('b', {}, now.text), ` ${rest}`);
      const part = (value) => String(most ? Math.min(1, Math.max(0, value / most)) : 0);
      used.style.setProperty('--part', part(now.value));
      cache.style.setProperty('--part', part(withCache.value));
      setAttribute(bar, 'data-tone', tone);
      setAttribute(bar, 'aria-valuemax', most || now.value || 1);
      setAttribute(bar, 'aria-valuenow', Math.min(now.value, most || now.value));
      setAttribute(bar, 'aria-valuetext', [`${now.text} ${rest}`, ...marks.map((mark) => mark.title)].join(', '));
      const wanted = JSON.stringify(marks);
      if (wanted === shownMarks) return;
      shownMarks = wanted;
      bar.querySelectorAll('u').forEach((mark) => mark.remove());
      for (const mark of marks.filter(({ at }) => most && at <= most)) {
        const line = h('u', { class: mark.kind, title: mark.title });
        line.style.setProperty('--at', String(mark.at / most));
        bar.append(line);
      }
    },
  };
}

const share = (used, limit) => (limit ? ` · ${Math.round((used / limit) * 100)} %` : '');

function showMemory(memory, { node, thresholds }) {
  const used = valueOf(node.memoryUnreclaimableBytes) ?? valueOf(node.memoryWorkingSetBytes) ?? valueOf(node.memoryRawBytes);
  const limit = valueOf(node.memoryLimitBytes);
  if (used === null) {
    memory.show({ now: { value: 0, text: 'unreadable' }, rest: node.memoryRawBytes?.unavailable ?? '', most: 0 });
    return;
  }
  const marks = thresholds
    ? [
        { kind: 'warn', at: thresholds.warnBytes, title: `warning at ${bytes(thresholds.warnBytes)}` },
        { kind: 'hold', at: thresholds.stopAdmittingBytes, title: `starts held back at ${bytes(thresholds.stopAdmittingBytes)}` },
        { kind: 'kill', at: thresholds.killBytes, title: `the watchdog acts at ${bytes(thresholds.killBytes)}` },
      ].filter(({ at }) => at !== null && at !== undefined)
    : [];
  memory.show({
    now: { value: used, text: bytes(used) },
    rest: limit === null ? ', no limit' : `of ${bytes(limit)}${share(used, limit)}`,
    withCache: { value: Math.max(used, valueOf(node.memoryRawBytes) ?? used) },
    most: limit,
    marks,
    tone: !thresholds ? '' : used >= thresholds.killBytes ? 'bad' : used >= thresholds.warnBytes ? 'warn' : '',
  });
}

function showBudget(gaugeOf, budget) {
  gaugeOf.element.hidden = !budget;
  if (!budget) return;
  const { usedBytes: used, limitBytes: limit, thresholdBytes: threshold } = budget;
  gaugeOf.show({
    now: { value: used, text: bytes(used) },
    rest: `of ${bytes(limit)}${share(used, limit)}`,
    most: limit,
    marks: [{ kind: 'kill', at: threshold, title: `the watchdog acts at ${bytes(threshold, used, limit)}` }],
    tone: used >= threshold ? 'bad' : used >= 0.8 * limit ? 'warn' : '',
  });
}

let mostCores = 1;

function showCpu(cpu, node) {
  const cores = valueOf(node.cores);
  if (cores === null) {
    cpu.show({ now: { value: 0, text: '–' }, rest: node.cores?.unavailable ?? '', most: 0 });
    return;
  }
  const quota = valueOf(node.coresLimit);
  // Without a quota the scale is what has been seen; the safety popover says that there is none.
  mostCores = Math.max(mostCores, Math.ceil(cores - 0.05));
  cpu.show({
    now: { value: cores, text: amount(cores) },
    rest: quota === null ? 'cores' : `of ${amount(quota)} cores`,
    most: quota ?? mostCores,
  });
}

const fact = (name, value) => (value === null ? [] : [h('dt', {}, name), h('dd', {}, value)]);
const readingText = (reading, text) =>
  !reading ? null : reading.unlimited ? 'none' : reading.unavailable ? `unreadable: ${reading.unavailable}` : text(reading.value);

function safetyFacts({ node, safety, loop, thresholds, budget }) {
  const writable = safety.tier === 'WRITABLE';
  const fill = safety.survivableFillBytesPerSecond;
  return [
    h('h2', {}, TIERS[safety.tier] ?? safety.tier),
    h('p', { class: 'muted' }, writable
      ? 'Every notebook is confined to a cgroup of its own: if it exceeds its memory, the kernel ends that notebook only.'
      : 'The watchdog must be faster than the notebooks fill the memory. How fast that is stands below.'),
    h('dl', {},
      fact('Watchdog', safety.watchdog === 'SIDECAR' ? 'in its own process' : 'in this process'),
      fact('Reacts within', `${amount(safety.reactionSeconds * 1000)} ms`),
      fact('Survives a fill of', fill?.unlimited ? 'any rate' : readingText(fill, (rate) => `${bytes(rate)} a second`)),
      thresholds ? fact('Warns at', bytes(thresholds.warnBytes)) : [],
      thresholds ? fact('Holds back starts at', bytes(thresholds.stopAdmittingBytes)) : [],
      thresholds ? fact('Ends the heaviest at', bytes(thresholds.killBytes)) : [],
      budget ? fact('Budget of all notebooks', bytes(budget.limitBytes)) : [],
      fact('Cannot be reclaimed', readingText(node.memoryUnreclaimableBytes, bytes)),
      fact('Working set', readingText(node.memoryWorkingSetBytes, bytes)),
      fact('Charged in all', readingText(node.memoryRawBytes, bytes)),
      fact('Memory limit', readingText(node.memoryLimitBytes, bytes)),
      fact('Read from', node.memoryRawBytes?.source ?? null),
      fact('CPU quota', readingText(node.coresLimit, (cores) => `${amount(cores)} cores`)),
      fact('Processes killed by the kernel', readingText(node.oomKills, String)),
      fact('Looks', `every ${amount(loop.intervalSeconds)} s, ${loop.missedTicks} missed`),
      fact('Last looked', loop.stalled ? `${amount(loop.sinceLastTickSeconds)} s ago: the watchdog stands still` : null),
      state.session ? fact('nbguard', `${state.session.version}, since ${absolute(state.session.startedAt)}, you are ${state.session.role}`) : []),
  ];
}

/** Shows the header, and keeps it true. */
export function mountHeader() {
  const memory = gauge('Node memory');
  const budget = gauge('Budget');
  const cpu = gauge('CPU', 'cpu');
  const popover = byId('safety');
  budget.element.hidden = true;
  byId('gauges').replaceChildren(memory.element, budget.element, cpu.element);

  on('snapshot', () => {
    const { snapshot } = state;
    if (!snapshot) return;
    showMemory(memory, snapshot);
    showBudget(budget, snapshot.budget);
    showCpu(cpu, snapshot.node);
    const [words, tone, iconName] = snapshot.loop.stalled
      ? STALLED
      : RUNGS[snapshot.rung] ?? [snapshot.rung, 'calm', 'dot'];
    const rung = byId('rung');
    if (rung.textContent !== words) {
      rung.dataset.tone = tone;
      rung.replaceChildren(icon(iconName), words);
    }
    setText(byId('tier'), TIERS[snapshot.safety.tier] ?? snapshot.safety.tier);
    if (popover.matches(':popover-open')) popover.replaceChildren(...safetyFacts(snapshot));
  });
  popover.addEventListener('beforetoggle', () => state.snapshot && popover.replaceChildren(...safetyFacts(state.snapshot)));

  const showConnection = () => {
    const connection = byId('connection');
    connection.dataset.state = state.connection;
    document.body.dataset.connection = state.connection;
    setText(connection, CONNECTIONS[state.connection]);
  };
  on('connection', showConnection);
  showConnection();
  new ResizeObserver(([entry]) => {
    document.documentElement.style.setProperty('--head', `${Math.ceil(entry.borderBoxSize[0].blockSize)}px`);
  }).observe(byId('head'));
}
