// What the page says: short messages in the corner, and words for screen readers.
import { byId, h, icon, button } from './dom.js';

const KEPT = 5;
const SHOWN_FOR = 5_000;
const ICONS = { good: 'check', bad: 'alarm', plain: 'dot' };

/** Returns whether an event is worth an interruption. */
export function isImportant({ severity }) {
  return severity !== 'info';
}

/** Says something to screen readers; `urgent` interrupts what they are reading. */
export function say(text, { urgent = false } = {}) {
  comeAbove();
  const voice = byId(urgent ? 'assertive' : 'polite');
  // The same words twice would be silent without the change between.
  voice.textContent = '';
  setTimeout(() => {
    voice.textContent = text;
  }, 60);
}

/** Shows a message; one about a failure stays until it is put away. */
export function toast(text, { tone = 'plain', action = null } = {}) {
  comeAbove();
  const message = h('div', { class: 'toast', 'data-tone': tone }, icon(ICONS[tone]));
  const away = () => message.remove();
  message.append(
    h('div', {}, h('p', {}, text), action && button(action.text, null, () => { away(); action.run(); }, { className: 'link muted' })),
    button('', 'cross', away, { label: 'Put this message away', className: 'quiet square' }),
  );
  const all = byId('toasts');
  all.append(message);
  while (all.children.length > KEPT) all.firstElementChild.remove();
  if (tone !== 'bad') setTimeout(away, SHOWN_FOR);
  say(text, { urgent: tone === 'bad' });
}

/** Shows something that was refused or failed, in the server's words. */
export function toastError(error) {
  if (error.status !== 401) toast(error.message, { tone: 'bad' });
}

let showExecution = () => {};

/** Sets what is opened when a message is about an execution. */
export function onShowExecution(action) {
  showExecution = action;
}

/** Announces events that have just happened: kills assertively, other important ones politely. */
export function announceEvents(events) {
  for (const event of events) {
    if (event.kill) {
      const action = event.execution ? { text: 'See why', run: () => showExecution(event.execution) } : null;
      toast(event.message, { tone: 'bad', action });
    } else if (isImportant(event)) {
      say(event.message);
    }
  }
}

/** Moves the voices into the open dialog: everything outside it is covered, and silent to screen readers. */
export function comeAbove() {
  const dialogs = document.querySelectorAll('dialog[open]');
  const top = dialogs[dialogs.length - 1] ?? document.body;
  const voices = byId('voices');
  if (voices.parentElement !== top) top.append(voices);
}
