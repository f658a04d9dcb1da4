// What to run: the fields of a request, shared by the dialogs that start now and that start later.
import { api } from './api.js';
import { h } from './dom.js';
import { field, FieldError, lengthField, parameterField, textControl, wholeField } from './fields.js';

const SIZE = /^\d+(\.\d+)?\s*([kmgtpe]i?)?b?$/i;

/**
 * Makes the fields for running `notebook`. `read()` gives the request; only parameters that differ from what the notebook
 * says are in it, so that the record shows what was set.
 */
export async function requestFields(notebook) {
  let parameters = [];
  let trouble = null;
  try {
    parameters = (await api.parameters(notebook)).items;
  } catch (error) {
    // A notebook whose parameters cannot be read may still run.
    trouble = error.message;
  }
  const fields = parameters.map(parameterField);
  const memory = field({ label: 'Memory limit', help: 'such as 800m or 2g; empty: none of its own', control: textControl({ placeholder: 'none' }), read: (self) => {
    const text = self.control.value.trim();
    if (text !== '' && !SIZE.test(text)) throw new FieldError(self, `“${text}” is not a size, such as 800m or 2g.`);
    return text || null;
  } });
  const timeout = lengthField({ label: 'Time limit', help: 'ended after this; empty: none' });
  const priority = wholeField({ label: 'Priority', help: 'for the kill policy “lowest-priority”, which ends the lowest first; starts keep their order', least: -Infinity, value: '0' });
  const tags = field({ label: 'Tags', help: 'separated by commas', control: textControl(), read: (self) => self.control.value.split(',').map((tag) => tag.trim()).filter(Boolean) });
  const owner = field({ label: 'Owner', help: 'who this is for', control: textControl(), read: (self) => self.control.value.trim() || null });
  const all = { parameters: fields, memory, timeout };

  return {
    parameters: h('div', { class: 'stack' },
      trouble && h('p', { class: 'error' }, `Its parameters cannot be read: ${trouble}`),
      !trouble && fields.length === 0 && h('p', { class: 'muted' }, 'This notebook has no cell tagged “parameters”: it runs as it is.'),
      fields.map(({ element }) => element)),
    limits: h('details', { class: 'more' }, h('summary', {}, 'Limits, priority, tags'), h('div', {},
      h('div', { class: 'columns' }, memory.element, timeout.element, priority.element), h('div', { class: 'columns' }, tags.element, owner.element))),
    read() {
      const given = {};
      for (const each of fields) {
        if (each.changed()) given[each.name] = each.read();
      }
      return {
        notebook,
        parameters: given,
        memory: memory.read(),
        timeoutSeconds: timeout.read(),
        priority: priority.read() ?? 0,
        tags: tags.read(),
        owner: owner.read(),
      };
    },
    /** Puts an error of the server beside the field that it names, if it names one. */
    place(error) {
      const message = error.message ?? '';
      const named = all.parameters.find(({ name }) => new RegExp(`\\b${name.replace(/[^\w]/g, '.')}\\b`).test(message) && /parameter/i.test(message));
      const target = named ?? (/memory/i.test(message) ? memory : /time-?out/i.test(message) ? timeout : null);
      return target ? new FieldError(target, message) : error;
    },
  };
}
