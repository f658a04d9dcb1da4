// The event log, newest first. What ended a notebook for want of memory stands out by its icon, its words and its colour.
import { byId, h, icon, keyed } from './dom.js';
import { openDrawer } from './drawer.js';
import { time } from './format.js';
import { on, state } from './store.js';
import { isImportant } from './voices.js';

const SHOWN = 150;
const KINDS = { Terminated: 'Watchdog kill', KernelOomKill: 'Killed by the kernel', EmergencyShutdown: 'Emergency shutdown' };
const ICONS = { critical: 'alarm', warning: 'warning' };

function eventRow(event) {
  const kind = (event.kill && KINDS[event.type]) || event.type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  const element = h('li', { class: event.kill ? 'alarm' : null, 'data-severity': isImportant(event) ? event.severity : 'info', 'data-type': event.type },
    icon((isImportant(event) && ICONS[event.severity]) || 'dot'),
    h('div', {},
      h('p', {}, event.message),
      h('p', { class: 'meta' }, h('span', { class: 'kind' }, kind), time(event.at), time(event.at, { exact: true }),
        event.execution && h('button', { type: 'button', class: 'link', 'aria-label': `Details of ${event.notebook ?? 'the execution'}`, onclick: () => openDrawer(event.execution) }, 'details'))));
  return { element, update: () => {} };
}

/** Shows the events, and keeps them true. */
export function mountEvents() {
  const log = byId('event-log');
  const show = () => {
    const important = document.querySelector('input[name="events-shown"]:checked').value === 'important';
    const events = state.events.filter((event) => !important || isImportant(event)).slice(0, SHOWN);
    keyed(log, events, ({ at, type, message }) => `${at} ${type} ${message}`, eventRow);
    log.hidden = events.length === 0;
    byId('events-empty').hidden = events.length > 0;
  };
  const showKills = () => {
    const { kills } = state;
    const count = document.querySelector('[data-count="events"]');
    count.textContent = kills ? `${kills} ${kills === 1 ? 'kill' : 'kills'} in 24 h` : '';
    count.title = kills ? 'Ended for want of memory in the last 24 hours' : '';
    count.classList.toggle('alarm', kills > 0);
  };
  on('events', show);
  on('kills', showKills);
  document.querySelectorAll('input[name="events-shown"]').forEach((input) => input.addEventListener('change', show));
  show();
}
