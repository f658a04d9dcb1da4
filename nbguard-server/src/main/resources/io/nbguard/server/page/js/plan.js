// The dialog that adds a schedule.
import { api } from './api.js';
import { openForm } from './dialog.js';
import { h } from './dom.js';
import { requestFields } from './request.js';
import { state } from './store.js';
import { notebookField, triggerFields } from './trigger.js';
import { toast } from './voices.js';
import { absolute } from './format.js';

/** Asks when to run a notebook, and adds a schedule; without a notebook it asks which, too. */
export async function askToSchedule(notebook = null) {
  const names = state.notebooks.map(({ name }) => name);
  if (!notebook && names.length === 0) {
    toast('There is no notebook to schedule: put one into the notebooks folder.');
    return;
  }
  const which = notebook ? null : notebookField(names);
  let request = await requestFields(notebook ?? names[0]);
  const trigger = triggerFields(() => notebook ?? which.control.value);
  const what = h('div', { class: 'stack' });
  const showRequest = () => what.replaceChildren(
    h('details', { class: 'more' }, h('summary', {}, 'Parameters'), request.parameters), request.limits);
  showRequest();
  which?.control.addEventListener('change', async () => {
    request = await requestFields(which.control.value);
    showRequest();
    trigger.lookAheadSoon();
  });
  openForm({
    title: notebook ? `Schedule ${notebook}` : 'New schedule',
    parts: [which?.element ?? '', trigger.element, what, trigger.more],
    action: 'Add schedule',
    submit: async () => {
      const schedule = { ...trigger.read(), request: request.read() };
      try {
        return await api.addSchedule(schedule);
      } catch (error) {
        const placed = request.place(error);
        throw placed === error ? trigger.placed(error) : placed;
      }
    },
    done: (schedule) => toast(schedule.nextFireAt
      ? `Schedule ${schedule.id} was added: first start ${absolute(schedule.nextFireAt)}.`
      : `Schedule ${schedule.id} was added.`, { tone: 'good' }),
    closed: trigger.close,
  });
}
