// The node's memory and processor over time.
import { api } from './api.js';
import { usageChart } from './chart.js';
import { byId } from './dom.js';
import { on, state } from './store.js';

const EVERY = 10_000;

/** Shows the node's chart, and draws it again every few seconds while the page is visible. */
export function mountNode() {
  const chart = usageChart(byId('node-chart'), 'The first readings are being taken.');
  const range = byId('node-range');
  let asked = 0;

  async function load() {
    if (document.hidden || state.connection !== 'live') return;
    const mine = ++asked;
    try {
      const { items } = await api.nodeUsage(new Date(Date.now() - Number(range.value) * 1000).toISOString());
      if (mine !== asked) return;
      const node = state.snapshot?.node;
      await chart.show(items, [
        { name: 'Threshold', bytes: state.snapshot?.thresholds?.killBytes },
        { name: 'Limit', bytes: node?.memoryLimitBytes?.value, colour: '--muted' },
      ].filter((bound) => bound.bytes));
    } catch (error) {
      console.warn(`loading the node's use: ${error.message}`);
    }
  }

  range.addEventListener('change', load);
  document.addEventListener('visibilitychange', load);
  on('reloaded', load);
  setInterval(load, EVERY);
}
