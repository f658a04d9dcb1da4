// Tables that stay tables for screen readers when a narrow screen lays them out as blocks.
import { h } from './dom.js';

/** Makes a table; `columns` are {name, className}. Returns its element and the body that holds the rows. */
export function table(caption, columns) {
  const body = h('tbody', { role: 'rowgroup' });
  const head = columns.map(({ name, className }) => h('th', { role: 'columnheader', scope: 'col', class: className ?? null }, name || h('span', { class: 'unseen' }, 'Actions')));
  return { body, element: h('table', { role: 'table', class: 'rows' }, h('caption', {}, caption), h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, head)), body) };
}

/** Makes an empty row: its element and its cells, one for each column. */
export function row(columns, attributes = {}) {
  const cells = columns.map(({ name, className }) => h('td', { role: 'cell', 'data-label': name, class: className ?? null }));
  return { element: h('tr', { role: 'row', ...attributes }, cells), cells };
}
