// When a schedule fires: the fields, and a look ahead at the next times before anything is added.
import { api } from './api.js';
import { h } from './dom.js';
import { choice, field, FieldError, lengthField, textControl, wholeField } from './fields.js';
import { absolute, relative } from './format.js';
import { cronWords } from './words.js';

const HOME = Intl.DateTimeFormat().resolvedOptions().timeZone;
const PRESETS = [['0 2 * * *', 'daily at 02:00'], ['0 9 * * mon-fri', 'weekdays at 09:00'], ['0 * * * *', 'hourly'], ['*/10 * * * *', 'every 10 minutes']];
const MODES = [['interval', 'Every'], ['cron', 'Cron'], ['once', 'Once']];
const LOOK_AHEAD_AFTER = 300;

const two = (number) => String(number).padStart(2, '0');
/** Returns a time as an input of the viewer's zone wants it. */
const localText = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;

function instantField(label, help, value = '') {
  return field({ label, help, control: textControl({ type: 'datetime-local', value }), read: (self) => {
    if (self.control.validity.badInput) throw new FieldError(self, 'This is not a whole date with a time.');
    return self.control.value ? new Date(self.control.value).toISOString() : null;
  } });
}

/** Makes the fields; `read()` gives all of a schedule but its request. `notebook()` says what the look ahead is for. */
export function triggerFields(notebook) {
  let mode = 'interval';
  const every = lengthField({ label: 'Every', value: '10', help: 'counted from its start; does not drift' });
  const cron = field({ label: 'Cron expression', help: 'minute, hour, day of month, month, day of week', control: textControl({ value: '0 2 * * *' }) });
  const soon = new Date(Date.now() + 3_600_000);
  soon.setMinutes(0);
  const once = instantField('At', `in your time zone, ${HOME}`, localText(soon));
  const zones = h('datalist', { id: 'zones' }, (Intl.supportedValuesOf?.('timeZone') ?? []).map((zone) => h('option', { value: zone })));
  const zone = field({ label: 'Time zone', help: 'the expression is read by the clocks of this zone', control: textControl({ value: HOME, list: 'zones' }) });
  const start = instantField('Not before', 'empty: from now on');
  const end = instantField('Not after', 'empty: for ever');
  const grace = lengthField({ label: 'Late start', value: '60', help: 'a start that is missed by more is skipped' });
  const instances = wholeField({ label: 'At once', value: '1', least: 1, help: 'further starts are skipped while so many run' });
  const jitter = lengthField({ label: 'Jitter', unit: '1', help: 'put off by chance, at most this long' });
  const coalesce = field({ label: 'Run once for several missed starts', tick: true, control: h('input', { type: 'checkbox' }), read: (self) => self.control.checked });
  coalesce.control.checked = true;
  const id = field({ label: 'Name', help: 'empty: one is made', control: textControl({ placeholder: 'nightly-report' }) });

  const chips = h('div', { class: 'chips' }, PRESETS.map(([expression, words]) => h('button', { type: 'button', onclick: () => {
    cron.control.value = expression;
    cron.control.dispatchEvent(new Event('input', { bubbles: true }));
  } }, words)));
  const ways = {
    interval: [every.element],
    cron: [cron.element, chips, zone.element, zones],
    once: [once.element],
  };
  const place = h('div', { class: 'stack' });
  const modes = h('fieldset', { class: 'choice' }, h('legend', { class: 'unseen' }, 'When'), MODES.map(([value, words]) =>
    h('label', {}, h('input', { type: 'radio', name: 'mode', value, checked: value === mode, onchange: () => choose(value) }), h('span', {}, words))));
  const list = h('ol', {});
  const preview = h('div', { class: 'preview', role: 'status', 'aria-label': 'Next starts' }, h('p', { class: 'muted' }, `Next starts, in your time zone (${HOME})`), list);
  const element = h('div', { class: 'stack' }, modes, place, preview);
  let timer = 0;
  let asked = 0;

  function choose(value) {
    mode = value;
    place.replaceChildren(...ways[mode]);
    lookAheadSoon();
  }

  function expression() {
    if (mode === 'cron') {
      const text = cron.read();
      if (!text) throw new FieldError(cron, 'Give five fields, such as 0 2 * * *, or @daily.');
      cron.help(cronWords(text) ?? 'minute, hour, day of month, month, day of week');
      return text;
    }
    if (mode === 'once') {
      const at = once.read();
      if (!at) throw new FieldError(once, 'Give a date and a time.');
      return at;
    }
    const seconds = every.read();
    if (seconds === null) throw new FieldError(every, 'Give a length of time.');
    return `PT${seconds}S`;
  }

  const read = () => ({
    ...(id.read() ? { id: id.read() } : {}),
    trigger: mode,
    expression: expression(),
    zone: mode === 'cron' ? zone.read() || HOME : HOME,
    start: start.read(),
    end: end.read(),
    misfireGraceSeconds: grace.read() ?? 3600,
    coalesce: coalesce.read(),
    maxInstances: instances.read() ?? 1,
    jitterSeconds: jitter.read() ?? 0,
  });

  /** Puts an error of the server beside the field that it is about. */
  function placed(error) {
    if (error instanceof FieldError || !error.status || error.status >= 500) return error;
    const about = error.message;
    const target = /zone/i.test(about) && mode === 'cron' ? zone
      : /jitter/i.test(about) ? jitter
        : /instances/i.test(about) ? instances
          : /grace/i.test(about) ? grace
            : /\bid\b|already/i.test(about) ? id
              : { interval: every, cron, once }[mode];
    return new FieldError(target, about);
  }

  async function lookAhead() {
    const mine = ++asked;
    const name = notebook();
    if (!name || !element.isConnected) return;
    try {
      const { times } = await api.preview({ ...read(), request: { notebook: name } });
      if (mine !== asked) return;
      list.replaceChildren(...(times.length ? times : [null]).map((at) => h('li', {},
        at ? [h('span', {}, absolute(at)), h('span', { class: 'muted' }, relative(at))] : 'It would never start.')));
    } catch (error) {
      if (mine !== asked) return;
      list.replaceChildren(h('li', { class: 'muted' }, '–'));
      const problem = placed(error);
      if (problem instanceof FieldError) problem.field.fail(problem.message);
    }
  }

  function lookAheadSoon() {
    clearTimeout(timer);
    timer = setTimeout(lookAhead, LOOK_AHEAD_AFTER);
  }

  const more = h('details', { class: 'more' }, h('summary', {}, 'Name, bounds, late starts'), h('div', {},
    id.element,
    h('div', { class: 'columns' }, start.element, end.element),
    h('div', { class: 'columns' }, grace.element, instances.element, jitter.element),
    coalesce.element));
  for (const part of [element, more]) part.addEventListener('input', lookAheadSoon);
  choose(mode);
  return { element, more, read, placed, lookAheadSoon, close: () => clearTimeout(timer) };
}

/** Makes the field that chooses a notebook. */
export function notebookField(names) {
  return field({ label: 'Notebook', control: choice(names.map((name) => [name, name])) });
}
