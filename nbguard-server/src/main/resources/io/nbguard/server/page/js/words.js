// Small pieces of wording that several parts share.
import { h, icon } from './dom.js';
import { bytes, duration, outcome } from './format.js';

/** Returns a notebook's name with its folder set back. */
export function notebookName(name) {
  const slash = name.lastIndexOf('/') + 1;
  return h('span', {}, slash > 0 && h('span', { class: 'folder' }, name.slice(0, slash)), name.slice(slash));
}

/** Makes the badge of how an execution stands or ended. */
export function outcomeBadge(execution) {
  const { words, tone, icon: iconName } = outcome(execution);
  return h('span', { class: 'badge', 'data-tone': tone }, icon(iconName), words);
}

const CAUSES = {
  NODE_LIMIT: "the node's memory",
  MEMORY_BUDGET: 'what all notebooks hold together',
  EXECUTION_LIMIT: 'what this notebook holds',
};

/** Says in words what the watchdog saw when it decided. */
export function scenarioWords({ cause, usedBytes, thresholdBytes, limitBytes, policy, rationale, dryRun }) {
  const subject = CAUSES[cause] ?? 'memory';
  return `${subject[0].toUpperCase()}${subject.slice(1)} came to ${bytes(usedBytes, thresholdBytes, limitBytes)},`
    + ` over the threshold of ${bytes(thresholdBytes, usedBytes, limitBytes)} (the limit is ${bytes(limitBytes, usedBytes, thresholdBytes)}). The policy “${policy}” chose this notebook: ${rationale}.`
    + (dryRun ? ' This is a dry run: nothing was ended.' : '');
}

const PARTS = [[86_400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second']];

/** Returns an ISO duration such as `PT90M` in words; what is not understood stays as it is. */
export function isoDurationWords(text) {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text ?? '');
  if (!match) return text;
  let left = PARTS.reduce((sum, [size], index) => sum + size * Number(match[index + 1] ?? 0), 0);
  const words = PARTS.flatMap(([size, unit]) => {
    const count = size === 1 ? left : Math.floor(left / size);
    left -= count * size;
    return count ? [count === 1 ? unit : `${count} ${unit}s`] : [];
  });
  return words.join(' and ') || text;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const NAMED = {
  '@hourly': 'every hour', '@daily': 'every day at 00:00', '@midnight': 'every day at 00:00', '@weekly': 'every Sunday at 00:00',
  '@monthly': 'on the 1st of every month at 00:00', '@yearly': 'every 1 January at 00:00', '@annually': 'every 1 January at 00:00',
};

/** Returns the common cron expressions in words, and null for the others: a wrong translation is worse than none. */
export function cronWords(expression) {
  if (NAMED[expression]) return NAMED[expression];
  const [minute, hour, dayOfMonth, month, dayOfWeek, ...more] = expression.trim().split(/\s+/);
  if (more.length || dayOfWeek === undefined || month !== '*') return null;
  const everyDay = dayOfMonth === '*' && dayOfWeek === '*';
  const step = /^\*\/(\d+)$/.exec(minute)?.[1];
  if (everyDay && hour === '*') {
    if (minute === '*') return 'every minute';
    if (step && 60 % step === 0) return step === '1' ? 'every minute' : `every ${step} minutes`;
    return /^\d+$/.test(minute) ? `every hour at :${minute.padStart(2, '0')}` : null;
  }
  if (!/^\d+$/.test(minute) || !/^\d+$/.test(hour)) return null;
  const at = `at ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  if (everyDay) return `every day ${at}`;
  if (dayOfMonth === '*' && /^(1-5|mon-fri)$/i.test(dayOfWeek)) return `every weekday ${at}`;
  if (dayOfMonth === '*' && /^[0-7]$/.test(dayOfWeek)) return `every ${DAYS[dayOfWeek]} ${at}`;
  return dayOfWeek === '*' && /^\d+$/.test(dayOfMonth) ? `on day ${dayOfMonth} of every month ${at}` : null;
}

/** Returns when a schedule fires, in words, with the expression where there are none. */
export function triggerWords({ trigger, expression }) {
  if (trigger === 'interval') return `every ${isoDurationWords(expression)}`;
  if (trigger === 'once') return 'once';
  return cronWords(expression) ?? expression;
}

/** Returns how long an execution ran, once that is known. */
export function ranFor(execution) {
  return execution.startedAt ? duration(execution.elapsedSeconds) : '–';
}
