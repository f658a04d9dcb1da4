// Which executors there are, and whether the engines of the remote ones answer.
import { byId, h, icon } from './dom.js';
import { time } from './format.js';
import { on, state } from './store.js';

function row({ name, location, reachable, since, finding }) {
  const health = location === 'local'
    ? h('span', { class: 'muted' }, 'runs here')
    : h('span', { class: 'badge', 'data-tone': reachable ? 'calm' : 'alarm' }, icon(reachable ? 'check' : 'alarm'), reachable ? 'reachable' : 'unreachable');
  return h('li', { 'data-executor': name },
    h('b', {}, name),
    h('span', { class: 'muted' }, location),
    health,
    since ? h('span', { class: 'muted' }, 'since ', time(since)) : null,
    finding ? h('span', { class: 'why' }, finding) : null);
}

/** Shows them where there is a choice, or an engine that may not answer. */
export function mountExecutors() {
  let shown = '';
  on('snapshot', () => {
    const executors = state.snapshot?.executors ?? [];
    const list = byId('executors');
    list.hidden = executors.length < 2 && executors.every(({ location }) => location === 'local');
    const wanted = JSON.stringify(executors);
    if (wanted === shown) return;
    shown = wanted;
    list.replaceChildren(...executors.map(row));
  });
}
