// Builds and patches elements. Data reaches the page as text and attributes only, never as markup.

const SVG = 'http://www.w3.org/2000/svg';
// Beside this file, whose address has a version in it.
const ICONS = new URL('../icons.svg', import.meta.url).pathname;

/** Makes an element; `on…` attributes are listeners, null and false leave an attribute or a child out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Returns an element of the page that must be there. */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
}

/** Makes an icon; it says nothing to a screen reader, so there are words beside it. */
export function icon(name, className = '') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', `icon ${className}`.trim());
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `${ICONS}#${name}`);
  svg.append(use);
  return svg;
}

/** Makes a button with an icon; `label` is what is read out, `text` what is seen. */
export function button(text, iconName, action, { label = text, className = '' } = {}) {
  return h(
    'button',
    { type: 'button', class: className || null, 'aria-label': label === text ? null : label, title: text ? null : label, onclick: action },
    iconName && icon(iconName),
    text,
  );
}

/** Sets text only if it changed, so that nothing is laid out or read out again for nothing. */
export function setText(element, value) {
  const text = String(value);
  if (element.textContent !== text) element.textContent = text;
}

/** Sets an attribute only if it changed; null removes it. */
export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

const rowsOf = new WeakMap();

/**
 * Makes the children of `parent` follow `items`: a row is made once for each key, then only updated, so that focus and
 * open menus survive. `create(item)` gives `{element, update(item), close?()}`.
 */
export function keyed(parent, items, keyOf, create) {
  const before = rowsOf.get(parent) ?? new Map();
  const now = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (now.has(key)) continue;
    const row = before.get(key) ?? create(item);
    before.delete(key);
    row.update(item);
    now.set(key, row);
  }
  for (const row of before.values()) {
    row.close?.();
    row.element.remove();
  }
  let next = parent.firstElementChild;
  for (const { element } of now.values()) {
    if (element === next) next = next.nextElementSibling;
    else parent.insertBefore(element, next);
  }
  rowsOf.set(parent, now);
}
