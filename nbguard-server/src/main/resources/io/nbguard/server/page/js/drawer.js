// All about one execution: how it stands or ended and why, what it used, what it printed, what it was given.
import { api } from './api.js';
import { usageChart } from './chart.js';
import { openDialog } from './dialog.js';
import { button, h, icon } from './dom.js';
import { amount, bytes, duration, isLive, parseSize, relative, time } from './format.js';
import { askToStop, stopWords } from './stop.js';
import { on, state } from './store.js';
import { notebookName, outcomeBadge, scenarioWords } from './words.js';

const LOG_LINES = 200;
const LIVE_EVERY = 3_000;
const HASH = '#execution=';

const fact = (name, value) => (value === null || value === undefined || value === '' ? null : h('div', {}, h('dt', {}, name), h('dd', {}, value)));
const at = (iso) => (iso ? h('span', {}, time(iso, { exact: true }), h('span', { class: 'muted' }, ` · ${relative(iso)}`)) : null);

function facts(execution) {
  const { request } = execution;
  const total = execution.cellsTotal;
  return h('dl', { class: 'facts' },
    fact('Asked for', at(execution.submittedAt)),
    fact('Started', at(execution.startedAt)),
    fact('Ended', at(execution.endedAt)),
    fact(isLive(execution) ? 'Runs for' : 'Ran for', execution.startedAt ? duration(execution.elapsedSeconds) : null),
    fact('Cells', total ? `${execution.cellsDone} of ${total}` : null),
    fact('Peak memory', execution.peakMemoryBytes === null ? 'unknown' : bytes(execution.peakMemoryBytes)),
    fact('CPU time', execution.cpuSeconds === null ? 'unknown' : `${amount(execution.cpuSeconds)} s`),
    fact('Executor', execution.executor),
    fact('Exit code', execution.exitCode === null ? null : String(execution.exitCode)),
    fact('Memory limit', request?.memory ? bytes(parseSize(request.memory)) : null),
    fact('Time limit', request?.timeoutSeconds ? duration(request.timeoutSeconds) : null),
    fact('Priority', request?.priority ? String(request.priority) : null),
    fact('Schedule', execution.schedule),
    fact('Owner', execution.owner),
    fact('Tags', request?.tags?.length ? request.tags.join(', ') : null),
    fact('Output file', execution.output),
    fact('Id', h('span', { class: 'mono' }, execution.id)));
}

function reasonPart(execution) {
  const { killScenario: scenario, message, error } = execution;
  return [
    scenario && h('section', { class: 'scenario' }, h('h3', {}, icon('alarm'), 'OOM Prevention: Terminated'), h('p', {}, scenarioWords(scenario))),
    message && !scenario && h('section', {}, h('h3', {}, 'Message'), h('p', {}, message)),
    error && !scenario && h('section', {}, h('h3', {}, 'Error'), h('pre', { class: 'output', tabindex: '0' }, error)),
  ].filter(Boolean);
}

function parametersPart({ request }) {
  const given = Object.entries(request?.parameters ?? {});
  return h('section', {}, h('h3', {}, 'Parameters'), given.length === 0
    ? h('p', { class: 'muted' }, 'None were set: it ran with what the notebook says.')
    : h('dl', { class: 'values' }, given.map(([name, value]) => [h('dt', {}, name), h('dd', {}, JSON.stringify(value))])));
}

function links(execution) {
  const stop = isLive(execution)
    ? button(stopWords(execution), 'stop', () => askToStop([state.live.get(execution.id) ?? execution]), { className: 'changes' })
    : null;
  const file = execution.output || !isLive(execution)
    ? [h('a', { class: 'button', href: api.viewLink(execution.id), target: '_blank', rel: 'noopener' }, icon('eye'), 'View notebook'),
      h('a', { class: 'button', href: api.notebookLink(execution.id), download: true }, icon('download'), 'Download .ipynb')]
    : [];
  return [...file, stop].filter(Boolean);
}

function boundsOf(execution) {
  const { killScenario: scenario, request } = execution;
  return [
    scenario && { name: 'Threshold', bytes: scenario.thresholdBytes },
    request?.memory && { name: 'Its limit', bytes: parseSize(request.memory), colour: '--warn' },
  ].filter(Boolean);
}

/** Opens the drawer of an execution; while it runs, what is shown follows it. */
export function openDrawer(id) {
  const parts = Object.fromEntries(['top', 'links', 'why', 'facts', 'given'].map((name) => [name, h('div', { 'data-part': name })]));
  parts.links.className = 'links';
  parts.why.className = 'stack';
  const output = h('pre', { class: 'output', tabindex: '0', 'aria-label': 'What it printed' }, 'Loading…');
  const place = h('div', {});
  const chart = usageChart(place, 'No readings yet: there is one each second.');
  const body = h('div', { class: 'body' }, parts.top, parts.links, parts.why, parts.facts,
    h('section', {}, h('h3', {}, 'Memory and CPU'), place),
    h('section', {}, h('h3', {}, `Output (the last ${LOG_LINES} lines)`), output), parts.given);
  let open = true;
  let timer = 0;
  let asked = 0;
  let known = null;
  history.replaceState(null, '', `${HASH}${encodeURIComponent(id)}`);
  const dialog = openDialog({
    title: 'Execution',
    className: 'drawer',
    content: body,
    closesOutside: true,
    closed: () => {
      open = false;
      clearTimeout(timer);
      stopListening();
      chart.close();
      history.replaceState(null, '', location.pathname);
    },
  });

  function show(execution) {
    dialog.querySelector('h2').replaceChildren(notebookName(execution.notebook));
    parts.top.replaceChildren(outcomeBadge(execution));
    parts.why.replaceChildren(...reasonPart(execution));
    parts.facts.replaceChildren(facts(execution));
    const key = `${execution.status} ${stopWords(execution)} ${execution.output}`;
    if (key !== known) {
      known = key;
      parts.links.replaceChildren(...links(execution));
      parts.given.replaceChildren(parametersPart(execution));
    }
  }

  async function loadLog() {
    const text = await api.log(id, LOG_LINES).catch((error) => `(${error.message})`);
    if (!open || output.textContent === text) return;
    const atEnd = output.scrollHeight - output.scrollTop - output.clientHeight < 30;
    output.textContent = text || '(nothing yet)';
    if (atEnd) output.scrollTop = output.scrollHeight;
  }

  async function load() {
    clearTimeout(timer);
    // A look that is overtaken by another leaves the next one to it.
    const mine = ++asked;
    let execution;
    try {
      execution = await api.execution(id);
    } catch (error) {
      if (open && mine === asked) parts.top.replaceChildren(h('p', { class: 'error', role: 'alert' }, error.message));
      // A server that restarts comes back; one that knows no such execution will not.
      if (open && mine === asked && error.status === 0) timer = setTimeout(load, LIVE_EVERY);
      return;
    }
    if (!open || mine !== asked) return;
    show(execution);
    await Promise.all([
      loadLog(),
      api.usage(id).then(({ items }) => open && chart.show(items, boundsOf(execution))).catch(() => chart.show([])),
    ]);
    if (open && mine === asked && isLive(execution)) timer = setTimeout(load, LIVE_EVERY);
  }

  // The end is worth an own look; so is the server's return.
  let wasLive = state.live.has(id);
  const stops = [
    on('running', () => {
      const isNow = state.live.has(id);
      if (wasLive && !isNow) load();
      wasLive = isNow;
    }),
    on('reloaded', load),
  ];
  const stopListening = () => stops.forEach((stop) => stop());
  load();
}

/** Opens the drawer that the address names, if it names one. */
export function openFromAddress() {
  if (location.hash.startsWith(HASH)) openDrawer(decodeURIComponent(location.hash.slice(HASH.length)));
}
