// The container's memory and processor over time.
import { api } from './api.js';
import { usageChart } from './chart.js';
import { byId } from './dom.js';
import { on, state } from './store.js';

const EVERY = 10_000;

/** Shows the container's chart, and draws it again every few seconds while somebody looks. */
export function mountContainer() {
  const chart = usageChart(byId('container-chart'), 'The first readings are being taken.');
  const range = byId('container-range');
  let asked = 0;

  async function load() {
    if (document.hidden || state.connection !== 'live') return;
    const mine = ++asked;
    try {
      const { items } = await api.containerUsage(new Date(Date.now() - Number(range.value) * 1000).toISOString());
      if (mine !== asked) return;
      const container = state.snapshot?.container;
      await chart.show(items, [
        { name: 'Threshold', bytes: state.snapshot?.thresholds?.killBytes },
        { name: 'Limit', bytes: container?.memoryLimitBytes?.value, colour: '--muted' },
      ].filter((bound) => bound.bytes));
    } catch (error) {
      console.warn(`loading the container's use: ${error.message}`);
    }
  }

  range.addEventListener('change', load);
  document.addEventListener('visibilitychange', load);
  on('reloaded', load);
  setInterval(load, EVERY);
}
