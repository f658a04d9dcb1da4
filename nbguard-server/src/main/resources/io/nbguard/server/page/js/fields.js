// Form fields: each has a label, help, a place for its error, and reads a value of the right type.
import { h, setAttribute } from './dom.js';

let count = 0;

/** What is wrong with one field; `show()` says it beside the field and puts the focus there. */
export class FieldError extends Error {
  constructor(field, message) {
    super(message);
    this.field = field;
  }

  show() {
    this.field.fail(this.message, true);
  }
}

/** Wraps a control: `{element, control, read(), fail(message, focus), clear()}`. */
export function field({ label, kind = '', help = '', control, read = () => control.value.trim(), tick = false }) {
  const id = `field-${++count}`;
  control.id = id;
  control.setAttribute('aria-describedby', `${kind ? `${id}-kind ` : ''}${id}-help ${id}-error`);
  const error = h('p', { class: 'error', id: `${id}-error` });
  const name = h('div', { class: 'naming' }, h('label', { for: id }, label), kind && h('span', { class: 'kind', id: `${id}-kind` }, kind));
  const helpLine = h('p', { class: 'help', id: `${id}-help` }, help);
  const self = {
    element: h('div', { class: 'field' }, tick ? h('div', { class: 'tick' }, control, name) : [name, control], helpLine, error),
    control,
    read: () => {
      self.clear();
      return read(self);
    },
    fail(message, focus = false) {
      control.setAttribute('aria-invalid', 'true');
      error.textContent = message;
      for (let parent = control.closest('details'); parent; parent = parent.parentElement.closest('details')) parent.open = true;
      if (focus) control.focus();
    },
    clear() {
      control.removeAttribute('aria-invalid');
      error.textContent = '';
    },
    help: (text) => {
      helpLine.textContent = text;
    },
  };
  control.addEventListener('input', self.clear);
  return self;
}

/** Makes a line of text. */
export function textControl({ value = '', placeholder = null, mode = null, type = 'text', list = null } = {}) {
  const control = h('input', { type, placeholder, inputmode: mode, list, autocomplete: 'off', spellcheck: 'false' });
  control.value = value;
  return control;
}

/** Makes a choice of [value, words]. */
export function choice(options, chosen) {
  const control = h('select', {}, options.map(([value, words]) => h('option', { value }, words)));
  if (chosen !== undefined) control.value = chosen;
  return control;
}

/** A whole number, or null for nothing. */
export function wholeField({ label, help, least = 0, value = '' }) {
  return field({ label, help, control: textControl({ value, mode: 'numeric' }), read: (self) => {
    const text = self.control.value.trim();
    if (text === '') return null;
    const number = Number(text);
    if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(number) || number < least) {
      throw new FieldError(self, `“${text}” is not a whole number${least === -Infinity ? '' : ` from ${least} up`}.`);
    }
    return number;
  } });
}

const UNITS = [['1', 'seconds'], ['60', 'minutes'], ['3600', 'hours'], ['86400', 'days']];

/** A length of time with its unit, in seconds; null for nothing. */
export function lengthField({ label, help, value = '', unit = '60' }) {
  const units = choice(UNITS, unit);
  units.setAttribute('aria-label', `${label}: unit`);
  const self = field({ label, help, control: textControl({ value, mode: 'decimal' }), read: () => {
    const text = self.control.value.trim();
    if (text === '') return null;
    const number = Number(text);
    if (!(number > 0) || !Number.isFinite(number)) throw new FieldError(self, `“${text}” is not a length of time above zero.`);
    return number * Number(units.value);
  } });
  const pair = h('div', { class: 'pair' });
  self.control.replaceWith(pair);
  pair.append(self.control, units);
  return Object.assign(self, { units });
}

/** Makes JSON of a value so that the server sees the type that the notebook means: 100.0 stays a float. */
export function rawNumber(text) {
  return typeof JSON.rawJSON === 'function' ? JSON.rawJSON(text) : Number(text);
}

const asText = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

const KINDS = {
  int: { mode: 'numeric', read(text, self) {
    if (!/^[+-]?\d+$/.test(text)) throw new FieldError(self, `“${text}” is not a whole number, such as 42.`);
    const plain = text.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1');
    return Number.isSafeInteger(Number(plain)) ? Number(plain) : rawNumber(plain);
  } },
  float: { mode: 'decimal', read(text, self) {
    if (text === '' || !Number.isFinite(Number(text))) throw new FieldError(self, `“${text}” is not a number, such as 0.5.`);
    return Number.isInteger(Number(text)) ? rawNumber(Number(text).toFixed(1)) : Number(text);
  } },
  json: { read(text, self, type) {
    let value;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new FieldError(self, `This is not JSON: ${error.message}`);
    }
    const isList = Array.isArray(value);
    if (type === 'list' && !isList) throw new FieldError(self, 'A list is expected, such as ["north", "south"].');
    if (type === 'map' && (isList || typeof value !== 'object' || value === null)) throw new FieldError(self, 'A map is expected, such as {"rate": 0.1}.');
    return value;
  } },
};
const JSON_HELP = { list: 'a list, as JSON', map: 'a map, as JSON', null: 'any value, as JSON', unknown: 'an expression; give a value as JSON to replace it' };

/** Makes the field of a notebook's parameter. `changed()` says whether it differs from what the notebook says. */
export function parameterField({ name, type, default: preset, help }) {
  const about = help ?? '';
  if (type === 'bool') {
    const control = h('input', { type: 'checkbox' });
    control.checked = preset === true;
    const self = field({ label: name, kind: type, help: about, control, tick: true, read: () => control.checked });
    return { name, ...self, changed: () => control.checked !== preset };
  }
  const isText = type === 'string';
  const kind = KINDS[type] ?? (isText ? null : KINDS.json);
  const preText = preset === null && (isText || type === 'unknown') ? '' : type === 'float' && Number.isInteger(preset) ? preset.toFixed(1) : asText(preset);
  const long = kind === KINDS.json || (isText && (preText.includes('\n') || preText.length > 60));
  const control = long ? h('textarea', { rows: Math.min(8, Math.max(2, preText.split('\n').length)), spellcheck: 'false' }) : textControl({ mode: kind?.mode ?? null });
  control.value = preText;
  const self = field({ label: name, kind: JSON_HELP[type] ?? type, help: about, control, read: () => (isText ? control.value : kind.read(control.value.trim(), self, type)) });
  if (kind) {
    control.addEventListener('change', () => {
      try {
        if (control.value !== preText) self.read();
      } catch (error) {
        self.fail(error.message);
      }
    });
  }
  setAttribute(control, 'data-parameter', name);
  return { name, ...self, changed: () => control.value !== preText };
}
