// A card for each notebook: its last result, and what can be done with it.
import { button, byId, h, icon, keyed } from './dom.js';
import { openDrawer } from './drawer.js';
import { outcome, time } from './format.js';
import { askToSchedule } from './plan.js';
import { askToStart } from './start.js';
import { askToStop } from './stop.js';
import { on, state } from './store.js';
import { toastError } from './voices.js';
import { notebookName } from './words.js';

const SHOWN = 120;
const liveOf = (name) => [...state.live.values()].filter(({ notebook }) => notebook === name);

async function ask(action) {
  try {
    await action();
  } catch (error) {
    toastError(error);
  }
}

function lastLine({ lastExecution: last }, live) {
  if (live.length > 0) {
    const waiting = live.filter((execution) => execution.state === 'QUEUED').length;
    const running = live.length - waiting;
    const words = [running && `${running} running`, waiting && `${waiting} waiting`].filter(Boolean).join(', ');
    return [h('span', { class: 'outcome', 'data-tone': 'run' }, icon('ring', 'spin'), words)];
  }
  if (!last) return ['never run'];
  const { words, tone, icon: iconName } = outcome(last);
  return [
    h('button', { type: 'button', class: 'link outcome', 'data-tone': tone === 'alarm' ? 'bad' : tone, onclick: () => openDrawer(last.id) }, icon(iconName), words),
    time(last.endedAt ?? last.startedAt ?? last.submittedAt),
  ];
}

function card({ name }) {
  const last = h('p', { class: 'last' });
  const stop = button('Stop', 'stop', () => askToStop(liveOf(name)), { label: `Stop ${name}`, className: 'changes push' });
  const element = h('article', { class: 'card', 'data-notebook': name },
    h('h3', { class: 'name' }, notebookName(name)), last,
    h('div', { class: 'foot changes' },
      button('Start', 'play', () => ask(() => askToStart(name)), { label: `Start ${name}`, className: 'primary' }),
      button('Schedule', 'clock', () => ask(() => askToSchedule(name)), { label: `Schedule ${name}` }), stop));
  let shown = '';
  return {
    element,
    update(notebook) {
      const live = liveOf(name);
      stop.hidden = live.length === 0;
      const key = `${notebook.lastExecution?.id} ${notebook.lastExecution?.state} ${live.map(({ state: each }) => each)}`;
      if (key === shown) return;
      shown = key;
      last.replaceChildren(...lastLine(notebook, live));
    },
  };
}

/** Shows the notebooks that the filter lets through, and keeps them true. */
export function mountNotebooks() {
  const filter = byId('notebook-filter');
  const empty = byId('notebooks-empty');
  const show = () => {
    const wanted = filter.value.trim().toLowerCase();
    const found = state.notebooks.filter(({ name }) => name.toLowerCase().includes(wanted));
    keyed(byId('notebook-cards'), found.slice(0, SHOWN), ({ name }) => name, card);
    document.querySelector('[data-count="notebooks"]').textContent = state.notebooks.length || '';
    const words = state.notebooks.length === 0
      ? 'No notebooks yet. Put an .ipynb file into the notebooks folder; it appears here within half a minute. A cell tagged “parameters” makes a form of its variables.'
      : found.length === 0
        ? `No notebook has “${filter.value.trim()}” in its name.`
        : found.length > SHOWN ? `${found.length - SHOWN} more: filter by name to see them.` : '';
    empty.hidden = words === '';
    if (empty.textContent !== words) empty.textContent = words;
  };
  filter.addEventListener('input', show);
  on('notebooks', show);
  byId('add-schedule').addEventListener('click', () => ask(() => askToSchedule()));
}
