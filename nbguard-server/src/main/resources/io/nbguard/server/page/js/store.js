// What the page knows, and who wants to hear of changes. Everything here is bounded: the page stays open for days.

const EVENTS_KEPT = 300;
const POINTS_KEPT = 150;
const ENDED_REMEMBERED = 500;
const RANK = { QUEUED: 0, ADMITTED: 1, LAUNCHING: 2, WAITING: 3, RUNNING: 3, SUSPENDED: 3, CONTACT_LOST: 3, TERMINATING: 4 };

export const state = {
  session: null,
  connection: 'connecting',
  snapshot: null,
  notebooks: [],
  /** Executions that have not ended, by id, oldest first. */
  live: new Map(),
  schedules: [],
  /** Newest first. */
  events: [],
  /** How many notebooks were ended for lack of memory, in the last day. */
  kills: 0,
};

const listeners = new Map();
const dirty = new Set();
let frame = 0;
const ended = new Set();
const touched = new Map();
const curves = new Map();

/** Calls `listener` after `topic` has changed, at most once for each frame that is painted. */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(listener);
  return () => listeners.get(topic).delete(listener);
}

/** Says that a topic has changed. */
export function changed(...topics) {
  topics.forEach((topic) => dirty.add(topic));
  frame ||= requestAnimationFrame(flush);
}

function flush() {
  frame = 0;
  const topics = [...dirty];
  dirty.clear();
  for (const topic of topics) {
    for (const listener of listeners.get(topic) ?? []) {
      try {
        listener();
      } catch (error) {
        // One part that breaks must not take the others with it.
        console.error(`showing ${topic} failed`, error);
      }
    }
  }
}

/** Takes a snapshot of the stream, and lengthens the curve of memory of each execution in it. */
export function takeSnapshot(snapshot) {
  state.snapshot = snapshot;
  for (const execution of snapshot.executions) {
    const curve = curves.get(execution.id) ?? [];
    if (execution.memoryBytes !== null) curve.push(execution.memoryBytes);
    if (curve.length > POINTS_KEPT) curve.shift();
    curves.set(execution.id, curve);
  }
  for (const id of curves.keys()) {
    if (!state.live.has(id) && !snapshot.executions.some((execution) => execution.id === id)) curves.delete(id);
  }
  changed('snapshot');
}

/** Returns the last memory readings of an execution, in bytes, oldest first. */
export function curveOf(id) {
  return curves.get(id) ?? [];
}

/** Returns an execution's part of the newest snapshot, or null. */
export function readingsOf(id) {
  return state.snapshot?.executions.find((execution) => execution.id === id) ?? null;
}

/**
 * Takes an execution as the server sends it, from the stream or as an answer. The two may overtake each other: what
 * would go back in its life is old, and left out.
 */
export function takeExecution(execution) {
  if (execution.status !== 'running') {
    state.live.delete(execution.id);
    touched.delete(execution.id);
    if (ended.has(execution.id)) return;
    ended.add(execution.id);
    if (ended.size > ENDED_REMEMBERED) ended.delete(ended.values().next().value);
    const notebook = state.notebooks.find((each) => each.name === execution.notebook);
    if (notebook) notebook.lastExecution = execution;
    tellEnd(execution);
  } else {
    const known = state.live.get(execution.id);
    if (ended.has(execution.id) || (known && RANK[execution.state] < RANK[known.state])) return;
    state.live.set(execution.id, execution);
    touched.set(execution.id, performance.now());
  }
  changed('running', 'notebooks');
}

/** Takes the list of what runs, asked for at `since`; what the stream sent later stays. */
export function takeLive(executions, since) {
  const before = state.live;
  state.live = new Map();
  const running = executions.filter(({ status }) => status === 'running');
  for (const execution of running.sort((a, b) => (a.submittedAt < b.submittedAt ? -1 : 1))) {
    if (ended.has(execution.id)) continue;
    const known = before.get(execution.id);
    const newer = known && touched.get(execution.id) > since && RANK[known.state] >= RANK[execution.state];
    state.live.set(execution.id, newer ? known : execution);
  }
  for (const [id, execution] of before) {
    if (!state.live.has(id) && touched.get(id) > since) state.live.set(id, execution);
  }
  for (const id of touched.keys()) {
    if (!state.live.has(id)) touched.delete(id);
  }
  changed('running', 'notebooks');
}

const endListeners = new Set();

/** Calls `listener` with each execution that has ended. */
export function onEnd(listener) {
  endListeners.add(listener);
  return () => endListeners.delete(listener);
}

function tellEnd(execution) {
  endListeners.forEach((listener) => listener(execution));
}

// Intermediate steps of a start are not shown as news; the next state is.
const STEP = /\] (ADMITTED|LAUNCHING)\b/;
const isStep = ({ type, message }) => type === 'ProgressMade' || (type === 'ExecutionChanged' && STEP.test(message));

const identity = (event) => `${event.at} ${event.type} ${event.message}`;

/** Takes events, newest first, among those that are known; returns those that are new. */
export function takeEvents(events) {
  const known = new Set(state.events.map(identity));
  const fresh = events.filter((event) => !isStep(event) && !known.has(identity(event)));
  if (fresh.length === 0) return fresh;
  state.events = [...fresh, ...state.events].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, EVENTS_KEPT);
  changed('events');
  return fresh;
}

/** Forgets the login and all that was shown for it. */
export function forget() {
  Object.assign(state, { session: null, snapshot: null, notebooks: [], live: new Map(), schedules: [], events: [], kills: 0 });
  ended.clear();
  touched.clear();
  curves.clear();
  changed('snapshot', 'notebooks', 'running', 'schedules', 'events', 'kills');
}
