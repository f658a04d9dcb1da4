// Brings the store and the server together: everything when a stream opens, then what the stream sends.
import { api } from './api.js';
import { changed, state, takeEvents, takeExecution, takeLive, takeSnapshot } from './store.js';
import { keepStream } from './stream.js';
import { announceEvents } from './voices.js';

const NOTEBOOKS_EVERY = 30_000;

let stream = null;
let notebooksTimer = 0;
let liveTimer = 0;
let killsTimer = 0;
let hasBeenLive = false;

/** Begins to follow the server; `signedOut` is called when it requires a login. */
export function follow(signedOut) {
  unfollow();
  stream = keepStream({
    link: api.streamLink,
    take,
    opened: () => {
      connection('live');
      loadAll();
    },
    lost: () => connection(hasBeenLive ? 'reconnecting' : 'connecting'),
    mayRetry: async () => {
      try {
        state.session = await api.session();
        return true;
      } catch (error) {
        if (error.status !== 401) throw error;
        signedOut();
        return false;
      }
    },
  });
  // New files in the folder make no event.
  notebooksTimer = setInterval(() => {
    if (document.hidden || state.connection !== 'live') return;
    loadNotebooks();
    // Kills leave the day that is counted.
    loadKills();
  }, NOTEBOOKS_EVERY);
}

/** Stops following. */
export function unfollow() {
  stream?.close();
  stream = null;
  hasBeenLive = false;
  clearInterval(notebooksTimer);
  clearTimeout(liveTimer);
  clearTimeout(killsTimer);
  liveTimer = 0;
  killsTimer = 0;
}

function connection(to) {
  hasBeenLive ||= to === 'live';
  if (state.connection === to) return;
  state.connection = to;
  changed('connection');
}

function take(type, data) {
  switch (type) {
    case 'snapshot':
      takeSnapshot(data);
      break;
    case 'execution': {
      const waited = state.live.get(data.id)?.state === 'QUEUED';
      takeExecution(data);
      // The executions queued behind it move up; the server reports their new places on request.
      if (waited && data.state !== 'QUEUED') loadLiveSoon();
      break;
    }
    case 'schedules':
      takeSchedules(data.items);
      break;
    case 'event':
      announceEvents(takeEvents([data]));
      if (data.kill) loadKillsSoon();
      break;
    default:
      // Something was missed because this page was too slow: ask for all of it.
      loadAll();
  }
}

/** Asks for everything that is shown. */
export async function loadAll() {
  changed('reloaded');
  await Promise.all([loadNotebooks(), loadLive(), loadSchedules(), loadEvents(), loadKills()]);
}

/** Shows a failure to load in the part that lacks it; the rest of the page goes on. */
async function load(topic, action) {
  try {
    await action();
  } catch (error) {
    if (error.status !== 401) console.warn(`loading ${topic}: ${error.message}`);
  }
}

async function loadNotebooks() {
  await load('notebooks', async () => {
    state.notebooks = (await api.notebooks()).items;
    changed('notebooks');
  });
}

async function loadLive() {
  await load('executions', async () => {
    const since = performance.now();
    takeLive((await api.executions({ status: 'running', limit: 200 })).items, since);
  });
}

function loadLiveSoon() {
  liveTimer ||= setTimeout(() => {
    liveTimer = 0;
    loadLive();
  }, 400);
}

function loadKillsSoon() {
  killsTimer ||= setTimeout(() => {
    killsTimer = 0;
    loadKills();
  }, 1_500);
}

async function loadSchedules() {
  await load('schedules', async () => takeSchedules((await api.schedules()).items));
}

/** Events are shown as far as they were loaded; the number of kills is the server's, of the last day. */
async function loadKills() {
  await load('kills', async () => {
    state.kills = (await api.kills()).count;
    changed('kills');
  });
}

async function loadEvents() {
  await load('events', async () => takeEvents((await api.events(100)).items));
}

function takeSchedules(items) {
  state.schedules = items;
  changed('schedules');
}
