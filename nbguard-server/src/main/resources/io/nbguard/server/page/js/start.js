// The dialog that starts a notebook.
import { api } from './api.js';
import { openForm } from './dialog.js';
import { h } from './dom.js';
import { requestFields } from './request.js';
import { takeExecution } from './store.js';
import { toast } from './voices.js';

/** Asks how to run a notebook, and runs it. */
export async function askToStart(notebook) {
  const request = await requestFields(notebook);
  openForm({
    title: `Start ${notebook}`,
    parts: [h('h3', { class: 'unseen' }, 'Parameters'), request.parameters, request.limits],
    action: 'Start',
    submit: async () => {
      const asked = request.read();
      try {
        return await api.start(asked);
      } catch (error) {
        throw request.place(error);
      }
    },
    done: (execution) => {
      takeExecution(execution);
      toast(execution.state === 'QUEUED' ? `${notebook} waits for its turn.` : `${notebook} was started.`, { tone: 'good' });
    },
  });
}
