// The schedules: when each starts next, how it went last, and what can be done with it.
import { api } from './api.js';
import { button, byId, h, icon, keyed } from './dom.js';
import { openDrawer } from './drawer.js';
import { absolute, outcome, time } from './format.js';
import { confirmRemoval } from './stop.js';
import { changed, on, state, takeExecution } from './store.js';
import { row, table } from './table.js';
import { toast, toastError } from './voices.js';
import { notebookName, triggerWords } from './words.js';

const COLUMNS = [
  { name: 'Schedule', className: 'main' }, { name: 'When' }, { name: 'Next start' }, { name: 'Last run', className: 'last-run' },
  { name: 'Started', className: 'number' }, { name: 'Skipped', className: 'number' }, { name: '', className: 'acts changes' },
];
const OUTCOMES = {
  STARTED: ['started', 'run', 'play'], RUN_NOW: ['started by hand', 'run', 'play'], START_FAILED: ['could not start', 'bad', 'cross'],
  TOO_LATE: ['skipped: too late', 'warn', 'clock'], COALESCED: ['covered by a later one', 'calm', 'dot'],
  MAX_INSTANCES: ['skipped: still running', 'warn', 'pause'], PAUSED: ['skipped: paused', 'calm', 'pause'],
  GUARD_CLOSING: ['skipped: closing', 'calm', 'dot'], PAST_END: ['past its end', 'calm', 'dot'], TRIGGER_FAILED: ['its trigger broke', 'bad', 'cross'],
};

async function act(action, words) {
  try {
    const answer = await action();
    if (words) toast(words, { tone: 'good' });
    return answer;
  } catch (error) {
    toastError(error);
    return null;
  }
}

function replace(schedule) {
  if (!schedule) return;
  state.schedules = state.schedules.map((each) => (each.id === schedule.id ? schedule : each));
  changed('schedules');
}

/** Makes the words of an outcome; where there is an execution, they open it. */
function outcomeWords({ words, tone, icon: iconName }, execution, title = null) {
  const content = [icon(iconName), words];
  return execution
    ? h('button', { type: 'button', class: 'link outcome', 'data-tone': tone, title, onclick: () => openDrawer(execution) }, content)
    : h('span', { class: 'outcome', 'data-tone': tone, title }, content);
}

function fireWords({ outcome: name, execution, message, at }) {
  const [words, tone, iconName] = OUTCOMES[name] ?? [name, 'calm', 'dot'];
  return [outcomeWords({ words, tone, icon: iconName }, execution, message), h('span', { class: 'second' }, time(at))];
}

/** How the last run ended comes first: that something was started says nothing of how it went. */
function lastCell({ lastFire, lastRun }) {
  if (!lastRun) return lastFire ? fireWords(lastFire) : [h('span', { class: 'muted' }, 'not yet')];
  const failed = lastRun.status === 'failed';
  const why = failed ? lastRun.why?.trim().split('\n', 1)[0] : null;
  const since = lastFire && lastFire.execution !== lastRun.execution && lastFire.at > lastRun.endedAt && lastFire.outcome !== 'PAUSED';
  return [
    outcomeWords(outcome(lastRun), lastRun.execution, failed ? lastRun.why : null),
    h('span', { class: 'second' }, time(lastRun.endedAt)),
    why && h('span', { class: 'second why', title: lastRun.why }, why),
    since && h('span', { class: 'second' }, 'since then ', fireWords(lastFire)[0]),
  ].filter(Boolean);
}

function actions({ id, state: now, request }) {
  const run = async () => {
    const execution = await act(() => api.change(id, 'run'), `${request.notebook} was started.`);
    if (execution) takeExecution(execution);
  };
  const remove = () => confirmRemoval({
    title: `Remove schedule ${id}?`,
    text: `${request.notebook} is not started by it any more. What it has started goes on, and its history stays.`,
    action: 'Remove',
    remove: async () => {
      await api.removeSchedule(id);
      state.schedules = state.schedules.filter((each) => each.id !== id);
      changed('schedules');
      toast(`Schedule ${id} was removed.`);
    },
  });
  const quiet = 'quiet square';
  return [
    button('', 'play', run, { label: `Run ${id} now`, className: quiet }),
    now === 'PAUSED' && button('', 'clock', async () => replace(await act(() => api.change(id, 'resume'), `Schedule ${id} goes on.`)), { label: `Resume ${id}`, className: quiet }),
    now === 'ACTIVE' && button('', 'pause', async () => replace(await act(() => api.change(id, 'pause'), `Schedule ${id} is paused.`)), { label: `Pause ${id}`, className: quiet }),
    button('', 'trash', remove, { label: `Remove ${id}`, className: quiet }),
  ].filter(Boolean);
}

function scheduleRow({ id }) {
  const { element, cells } = row(COLUMNS, { 'data-schedule': id });
  const [name, when, next, last, started, skipped, acts] = cells;
  let shown = '';
  let shownState = '';
  return {
    element,
    update(schedule) {
      const key = JSON.stringify(schedule);
      if (key === shown) return;
      shown = key;
      name.replaceChildren(h('span', {}, notebookName(schedule.request.notebook), h('span', { class: 'second mono' }, id)));
      const words = triggerWords(schedule);
      when.replaceChildren(h('span', {}, words,
        schedule.trigger === 'cron' && h('span', { class: 'second' }, words === schedule.expression ? '' : `${schedule.expression} · `, schedule.zone)));
      next.replaceChildren(schedule.state === 'ACTIVE' && schedule.nextFireAt
        ? h('span', {}, time(schedule.nextFireAt), h('span', { class: 'second' }, absolute(schedule.nextFireAt)))
        : h('span', { class: 'badge', 'data-tone': schedule.state === 'PAUSED' ? 'warn' : 'calm' }, icon(schedule.state === 'PAUSED' ? 'pause' : 'check'), schedule.state.toLowerCase()));
      last.replaceChildren(h('span', {}, lastCell(schedule)));
      started.textContent = schedule.started;
      skipped.textContent = schedule.skipped;
      if (shownState !== schedule.state) {
        const hadFocus = acts.contains(document.activeElement);
        acts.replaceChildren(...actions(schedule));
        if (hadFocus) acts.querySelector('button:nth-child(2)')?.focus();
        shownState = schedule.state;
      }
    },
  };
}

/** Shows the schedules, and keeps them true. */
export function mountSchedules() {
  const { element, body } = table('Schedules', COLUMNS);
  const panel = byId('schedule-table');
  panel.append(element);
  const show = () => {
    // The order of adding stays: rows that jump cannot be read.
    const order = [...state.schedules].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    keyed(body, order, ({ id }) => id, scheduleRow);
    panel.hidden = order.length === 0;
    byId('schedules-empty').hidden = order.length > 0;
    document.querySelector('[data-count="schedules"]').textContent = order.length || '';
  };
  on('schedules', show);
}
