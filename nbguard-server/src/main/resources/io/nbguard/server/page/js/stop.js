// The dialog that stops executions: what each way means is said before it is chosen.
import { api } from './api.js';
import { openDialog } from './dialog.js';
import { button, h } from './dom.js';
import { takeExecution } from './store.js';
import { toast, toastError } from './voices.js';

const isEnding = ({ state }) => state === 'TERMINATING';

/** Returns what the button says: a graceful stop that takes long can be followed by one that does not wait. */
export function stopWords(execution) {
  return isEnding(execution) ? 'Stop now' : 'Stop';
}

/** Asks how to stop these executions, and stops them. */
export function askToStop(executions) {
  if (executions.length === 0) return;
  const [{ notebook }] = executions;
  const waiting = executions.every(({ state }) => state === 'QUEUED');
  const ending = executions.every(isEnding);
  const many = executions.length > 1 ? `all ${executions.length} runs of ` : '';
  const stop = async (mode) => {
    dialog.close();
    const answers = await Promise.allSettled(executions.map(({ id }) => api.stop(id, mode)));
    answers.filter(({ status }) => status === 'fulfilled').forEach(({ value }) => takeExecution(value));
    const failed = answers.find(({ status }) => status === 'rejected');
    if (failed) toastError(failed.reason);
    else toast(waiting ? `${notebook} was taken off the queue.` : `${notebook} is being stopped.`);
  };
  const atOnce = button(waiting ? 'Take off the queue' : 'Stop now', null, () => stop('immediate'), { className: 'danger' });
  const ways = waiting || ending ? [atOnce] : [button('Stop gracefully', null, () => stop('graceful')), atOnce];
  const dialog = openDialog({
    title: waiting ? `Take ${many}${notebook} off the queue?` : `Stop ${many}${notebook}${ending ? ' now' : ''}?`,
    className: 'form',
    content: [
      h('div', { class: 'body' }, waiting
        ? h('p', {}, 'It has not begun yet. The record says that it was stopped.')
        : [ending
          ? h('p', {}, 'It is being stopped, and has a moment to tidy up.')
          : h('p', {}, h('b', {}, 'Gracefully: '), 'it is interrupted as by Ctrl-C and has a moment to tidy up; what is left then is killed.'),
          h('p', {}, h('b', {}, 'Now: '), 'the notebook and everything that it started are killed at once. Its output so far is kept.')]),
      h('div', { class: 'ends' }, button(ending ? 'Let it tidy up' : 'Keep it running', null, () => dialog.close()), ways),
    ],
  });
}

/** Asks before something is removed for good. */
export function confirmRemoval({ title, text, action, remove }) {
  const go = async () => {
    dialog.close();
    try {
      await remove();
    } catch (error) {
      toastError(error);
    }
  };
  const dialog = openDialog({
    title,
    className: 'form',
    content: [h('div', { class: 'body' }, h('p', {}, text)),
      h('div', { class: 'ends' }, button('Keep it', null, () => dialog.close()), button(action, null, go, { className: 'danger' }))],
  });
}
