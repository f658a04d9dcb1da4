// Where the page begins: who is there, then everything else.
import { api, onRefused } from './api.js';
import { mountNode } from './node.js';
import { byId } from './dom.js';
import { openDrawer, openFromAddress } from './drawer.js';
import { mountEvents } from './events.js';
import { mountExecutors } from './executors.js';
import { tickTimes } from './format.js';
import { mountHeader } from './header.js';
import { mountHistory } from './history.js';
import { mountNotebooks } from './notebooks.js';
import { mountRunning } from './running.js';
import { mountSchedules } from './schedules.js';
import { forget, state } from './store.js';
import { follow, unfollow } from './sync.js';
import { onShowExecution, toastError } from './voices.js';

const TOKEN = '#token=';
const RETRY = 2_000;

function view(name) {
  document.body.dataset.view = name;
}

/** Asks for a token; all that was shown is forgotten. */
function signIn(message = '') {
  if (document.body.dataset.view === 'login') return;
  unfollow();
  forget();
  document.querySelectorAll('dialog[open]').forEach((dialog) => dialog.close());
  view('login');
  byId('token-error').textContent = message;
  byId('token').focus();
}

function show(session) {
  state.session = session;
  document.body.dataset.role = session.role;
  view('app');
  follow(() => signIn('The server does not know this page any more: sign in again.'));
  openFromAddress();
}

async function begin() {
  // The token of the printed link is never kept: not in the address, not in the history, not in storage.
  const token = location.hash.startsWith(TOKEN) ? decodeURIComponent(location.hash.slice(TOKEN.length)) : null;
  if (token) history.replaceState(null, '', location.pathname);
  try {
    if (token) await api.login(token);
    show(await api.session());
  } catch (error) {
    if (error.status === 401 || error.status === 403) {
      signIn(token ? error.message : '');
    } else {
      // The server may be starting: the token must not be lost meanwhile.
      document.querySelector('.starting').textContent = `${error.message} Trying again…`;
      setTimeout(() => {
        if (token) history.replaceState(null, '', `${TOKEN}${encodeURIComponent(token)}`);
        begin();
      }, RETRY);
    }
  }
}

byId('login-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const input = byId('token');
  try {
    await api.login(input.value.trim());
    input.value = '';
    show(await api.session());
  } catch (error) {
    byId('token-error').textContent = error.message;
    input.select();
  }
});
byId('logout').addEventListener('click', async () => {
  try {
    await api.logout();
    signIn();
  } catch (error) {
    toastError(error);
  }
});

onRefused(() => signIn('The server asks again who you are.'));
onShowExecution(openDrawer);
for (const mount of [mountHeader, mountRunning, mountNotebooks, mountSchedules, mountHistory, mountNode, mountExecutors, mountEvents]) mount();
setInterval(() => document.hidden || tickTimes(), 1_000);
window.addEventListener('hashchange', () => {
  if (location.hash.startsWith(TOKEN)) begin();
});
begin();
