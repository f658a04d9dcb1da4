// Modal dialogs: focus goes in, stays in, and comes back to where it was.
import { button, h } from './dom.js';
import { comeAbove } from './voices.js';

let count = 0;

/** Opens a dialog with a title; its button, Escape, or the returned handle closes it. */
export function openDialog({ title, className, content, closed = () => {}, closesOutside = false }) {
  const id = `dialog-${++count}`;
  const dialog = h('dialog', { class: className, 'aria-labelledby': id },
    h('div', { class: 'title' }, h('h2', { id }, title), button('', 'cross', () => dialog.close(), { label: 'Close', className: 'quiet square' })),
    content);
  if (closesOutside) dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.addEventListener('close', () => {
    // The voices are in here: they go on before it does.
    comeAbove();
    dialog.remove();
    closed();
  });
  document.body.append(dialog);
  // Moved in now, so that what is said later is said by an element that was there before.
  dialog.showModal();
  comeAbove();
  return dialog;
}

/**
 * Opens a dialog with a form. `submit` does what was asked for and returns the message that says so; what it throws is shown
 * where it belongs (an error with a `show` method) or above the buttons, and the form stays open.
 */
export function openForm({ title, parts, action, submit, done = () => {}, closed, danger = false }) {
  const error = h('p', { class: 'error', role: 'alert' });
  const send = h('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, action);
  const form = h('form', { novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    if (send.disabled) return;
    error.textContent = '';
    send.disabled = true;
    try {
      const result = await submit();
      dialog.close();
      done(result);
    } catch (problem) {
      if (problem.show) problem.show();
      else error.textContent = problem.message;
    } finally {
      send.disabled = false;
    }
  } },
  h('div', { class: 'body' }, parts),
  h('div', { class: 'ends' }, error, button('Cancel', null, () => dialog.close()), send));
  const dialog = openDialog({ title, className: 'form', content: form, closed });
  return dialog;
}
