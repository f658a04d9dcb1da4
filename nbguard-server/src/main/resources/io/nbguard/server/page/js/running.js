// What runs, with live readings, and what waits for its turn.
import { button, byId, h, icon, keyed, setAttribute, setText } from './dom.js';
import { openDrawer } from './drawer.js';
import { bytes, duration, outcome, percentOfCore, showTime } from './format.js';
import { drawSparkline } from './sparkline.js';
import { askToStop, stopWords } from './stop.js';
import { curveOf, on, readingsOf, state } from './store.js';
import { notebookName } from './words.js';

const MEMORY_SOURCES = {
  charged: 'Charged by the kernel to its own cgroup, without file cache',
  pss: 'PSS of all its processes: shared pages count once',
  rss: 'Sum of RSS over all its processes: shared pages count once per process',
};

function runningCard({ id, notebook }) {
  const how = h('span', { class: 'outcome' });
  const elapsed = h('span', { class: 'muted' });
  const bar = h('i');
  const progress = h('div', { class: 'progress', role: 'progressbar', 'aria-label': `Cells done in ${notebook}`, 'aria-valuemin': 0 }, bar);
  const cells = h('span', { 'data-part': 'cells' });
  const [cpu, memory, peak] = ['cpu', 'memory', 'peak'].map((part) => h('dd', { 'data-part': part }));
  const curve = h('canvas', { class: 'spark', 'aria-hidden': 'true' });
  const stop = button('Stop', 'stop', () => askToStop([state.live.get(id)].filter(Boolean)), { label: `Stop: ${notebook}`, className: 'changes' });
  const element = h('article', { class: 'card', 'data-execution': id, 'aria-label': notebook },
    h('div', { class: 'top' },
      h('h3', { class: 'name' }, h('button', { type: 'button', class: 'link', onclick: () => openDrawer(id) }, notebookName(notebook))), elapsed),
    h('div', { class: 'cells' }, how, progress, cells),
    h('div', { class: 'figures' }, h('dl', {},
      h('div', {}, h('dt', { title: '100 % is one core' }, 'CPU'), cpu),
      h('div', {}, h('dt', {}, 'Memory'), memory),
      h('div', {}, h('dt', {}, 'Peak'), peak)),
      curve),
    h('div', { class: 'foot' }, button('Log and details', 'eye', () => openDrawer(id), { label: `Log and details of ${notebook}` }), stop));
  let shownState = '';
  return {
    element,
    update(execution) {
      const readings = readingsOf(id);
      const { words, tone, icon: iconName } = outcome(execution);
      if (shownState !== execution.state) {
        shownState = execution.state;
        how.dataset.tone = tone;
        how.replaceChildren(icon(iconName, iconName === 'ring' ? 'spin' : ''), words);
        element.classList.toggle('ending', execution.state === 'TERMINATING');
        stop.lastChild.data = stopWords(execution);
        stop.setAttribute('aria-label', `${stopWords(execution)}: ${notebook}`);
      }
      const done = Math.max(execution.cellsDone ?? 0, readings?.cellsDone ?? 0);
      const total = execution.cellsTotal ?? readings?.cellsTotal ?? null;
      bar.style.setProperty('--part', total ? String(done / total) : '0');
      setAttribute(progress, 'aria-valuemax', total ?? 1);
      setAttribute(progress, 'aria-valuenow', total ? done : null);
      setText(cells, total ? `${done} / ${total}` : 'preparing');
      setText(elapsed, duration(readings?.elapsedSeconds ?? execution.elapsedSeconds));
      setText(cpu, percentOfCore(readings?.cores));
      setText(memory, readings?.memoryUnknown ? 'unknown' : bytes(readings?.memoryBytes));
      setAttribute(memory, 'title', readings?.memoryUnknown ?? MEMORY_SOURCES[readings?.memorySource] ?? readings?.memorySource ?? null);
      setText(peak, bytes(readings?.peakMemoryBytes ?? execution.peakMemoryBytes));
      drawSparkline(curve, curveOf(id));
    },
  };
}

function queuedRow({ id, notebook }) {
  const place = h('span', { class: 'place' });
  const since = h('time');
  const element = h('li', { 'data-execution': id }, place,
    h('button', { type: 'button', class: 'link name', onclick: () => openDrawer(id) }, notebookName(notebook)),
    h('span', { class: 'muted' }, 'waiting, asked for ', since),
    h('span', { class: 'push' }, button('Take off the queue', 'cross', () => askToStop([state.live.get(id)].filter(Boolean)), { label: `Take ${notebook} off the queue`, className: 'changes quiet' })));
  return {
    element,
    update(execution) {
      setText(place, execution.queuePosition === null || execution.queuePosition === undefined ? '…' : `#${execution.queuePosition}`);
      showTime(since, execution.submittedAt);
    },
  };
}

/** Shows the running and the waiting, and keeps both true. */
export function mountRunning() {
  const show = () => {
    const live = [...state.live.values()];
    const running = live.filter((execution) => execution.state !== 'QUEUED');
    const queued = live.filter((execution) => execution.state === 'QUEUED').sort((a, b) => (a.queuePosition ?? 0) - (b.queuePosition ?? 0));
    keyed(byId('running-cards'), running, ({ id }) => id, runningCard);
    keyed(byId('queue'), queued, ({ id }) => id, queuedRow);
    byId('running-empty').hidden = live.length > 0;
    document.querySelector('[data-count="running"]').textContent = live.length || '';
    document.title = running.length ? `(${running.length}) nbguard` : 'nbguard';
  };
  on('running', show);
  on('snapshot', show);
  window.addEventListener('themechange', show);
}
