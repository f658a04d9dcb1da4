// What ran: newest first, a page at a time, filtered by the server.
import { api } from './api.js';
import { byId, h, keyed } from './dom.js';
import { openDrawer } from './drawer.js';
import { bytes, isLive, showTime } from './format.js';
import { changed, on, onEnd, state } from './store.js';
import { row, table } from './table.js';
import { notebookName, outcomeBadge, ranFor } from './words.js';

const PAGE = 25;
const MOST_ROWS = 500;
const COLUMNS = [
  { name: 'Notebook', className: 'main' }, { name: 'Result' }, { name: 'Ended', className: 'short' }, { name: 'Ran for', className: 'number' },
  { name: 'Peak memory', className: 'number' }, { name: 'Started by', className: 'short' },
];

let shown = [];
let next = null;
let asked = 0;

const endOf = (execution) => execution.endedAt ?? execution.submittedAt;

function historyRow({ id }) {
  const { element, cells } = row(COLUMNS, { 'data-execution': id });
  const [name, result, ended, ran, peak, by] = cells;
  const when = h('time');
  ended.append(when);
  return {
    element,
    update(execution) {
      const key = `${execution.state} ${execution.reason} ${execution.endedAt}`;
      if (element.dataset.shown === key) return;
      element.dataset.shown = key;
      name.replaceChildren(h('button', { type: 'button', class: 'link', onclick: () => openDrawer(id) }, notebookName(execution.notebook)));
      result.replaceChildren(outcomeBadge(execution));
      showTime(when, endOf(execution));
      ran.textContent = ranFor(execution);
      peak.textContent = execution.peakMemoryBytes ? bytes(execution.peakMemoryBytes) : '–';
      by.textContent = execution.schedule ? `schedule ${execution.schedule}` : execution.owner ?? 'hand';
      by.title = by.textContent;
    },
  };
}

const filter = () => ({ status: byId('history-status').value, notebook: byId('history-notebook').value });

function matches(execution) {
  const { status, notebook } = filter();
  return !isLive(execution) && (!status || execution.status === status) && (!notebook || execution.notebook === notebook);
}

async function load(cursor = null) {
  const mine = ++asked;
  try {
    const page = await api.executions({ ...filter(), limit: PAGE, cursor });
    if (mine !== asked) return;
    const items = page.items.filter((execution) => !isLive(execution));
    shown = cursor ? [...shown, ...items] : items;
    next = page.next;
    show();
  } catch (error) {
    if (error.status !== 401) tellTrouble(`History cannot be read: ${error.message}`);
  }
}

async function loadHealth() {
  try {
    const { store, trouble, waiting, lost } = await api.history();
    tellTrouble(trouble
      ? `History cannot be written to ${store}: ${trouble} (${waiting} records wait). Notebooks run on.`
      : lost > 0 ? `${lost} readings and events were lost while ${store} could not be written to.` : '');
  } catch (error) {
    console.warn(`loading the history's health: ${error.message}`);
  }
}

function tellTrouble(text) {
  const notice = byId('history-trouble');
  notice.hidden = text === '';
  if (notice.textContent !== text) notice.textContent = text;
}

let body = null;

function show() {
  keyed(body, shown, ({ id }) => id, historyRow);
  byId('history-table').hidden = shown.length === 0;
  const { status, notebook } = filter();
  const empty = byId('history-empty');
  empty.hidden = shown.length > 0;
  empty.textContent = status || notebook
    ? 'No run matches this filter.'
    : 'No runs yet. Every run is kept here with its result, its output and what it used.';
  byId('older').hidden = !next || shown.length >= MOST_ROWS;
}

function showNames() {
  const select = byId('history-notebook');
  const names = state.notebooks.map(({ name }) => name);
  if (select.value && !names.includes(select.value)) names.push(select.value);
  if (select.options.length === names.length + 1 && names.every((name, index) => select.options[index + 1].value === name)) return;
  const chosen = select.value;
  select.replaceChildren(h('option', { value: '' }, 'all'), ...names.map((name) => h('option', { value: name }, name)));
  select.value = chosen;
}

/** Shows the history, and keeps it true. */
export function mountHistory() {
  const made = table('History of runs, newest first', COLUMNS);
  body = made.body;
  byId('history-table').append(made.element);
  show();
  byId('history-status').addEventListener('change', () => load());
  byId('history-notebook').addEventListener('change', () => load());
  byId('older').addEventListener('click', () => next && load(next));
  on('notebooks', showNames);
  on('history', show);
  on('reloaded', () => {
    load();
    loadHealth();
  });
  onEnd((execution) => {
    if (!matches(execution)) return;
    shown = [execution, ...shown.filter(({ id }) => id !== execution.id)]
      .sort((a, b) => (a.submittedAt < b.submittedAt ? 1 : -1))
      .slice(0, MOST_ROWS);
    changed('history');
  });
}
