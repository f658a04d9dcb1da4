// Numbers, times and outcomes in words. Null is "unknown", shown as a dash, and never as zero.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const NONE = '–';

const MOST_DECIMALS = 6;

function sizeText(value, decimals) {
  let unit = 0;
  let size = value;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(size) : size.toFixed(decimals)} ${UNITS[unit]}`;
}

/**
 * Returns a size as the command line shows it: `512.0 MiB`; with as many digits as it takes to distinguish it from each of the
 * others that it is compared with.
 */
export function bytes(value, ...others) {
  if (value === null || value === undefined) return NONE;
  const compared = others.filter((other) => typeof other === 'number' && other !== value);
  for (let decimals = 1; decimals <= MOST_DECIMALS; decimals++) {
    const text = sizeText(value, decimals);
    if (compared.every((other) => sizeText(other, decimals) !== text)) return text;
  }
  return `${value} B`;
}

/** Returns processor use in percent of one core, as `top` does: two and a half cores are 250 %. */
export function percentOfCore(cores) {
  return cores === null || cores === undefined ? NONE : `${Math.round(cores * 100)} %`;
}

/** Returns a number of cores or of processor seconds with as many digits as matter. */
export function amount(value) {
  if (value === null || value === undefined) return NONE;
  return value < 10 ? value.toFixed(2).replace(/\.?0+$/, '') : value.toFixed(value < 100 ? 1 : 0);
}

/** Returns a length of time: `3.2 s`, `42 s`, `3 min 05 s`, `2 h 14 min`. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return NONE;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 2880) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

/** Returns a time of the viewer's zone: only the clock for today, else with the day. */
export function absolute(iso, now = new Date()) {
  const at = new Date(iso);
  return at.toDateString() === now.toDateString() ? clock.format(at) : `${day.format(at)}, ${clock.format(at).slice(0, 5)}`;
}

/** Returns how far away a time is: `12 s ago`, `in 2 h 14 min`. */
export function relative(iso, now = Date.now()) {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  if (Math.abs(seconds) < 1.5) return 'now';
  const whole = Math.round(Math.abs(seconds));
  const words = whole < 60 ? `${whole} s` : whole < 3600 ? `${Math.floor(whole / 60)} min` : duration(whole);
  return seconds < 0 ? `${words} ago` : `in ${words}`;
}

/** Makes a `time` element that says how far away it is and, on hovering, exactly when; `tickTimes` keeps it true. */
export function time(iso, { exact = false } = {}) {
  const element = document.createElement('time');
  showTime(element, iso, exact);
  return element;
}

/** Makes an existing `time` element show another time; null shows a dash. */
export function showTime(element, iso, exact = false) {
  if (!iso) {
    element.removeAttribute('datetime');
    element.textContent = NONE;
    return;
  }
  const text = exact ? absolute(iso) : relative(iso);
  if (element.getAttribute('datetime') !== iso) {
    element.setAttribute('datetime', iso);
    element.title = full.format(new Date(iso));
    if (!exact) element.dataset.relative = '';
  }
  if (element.textContent !== text) element.textContent = text;
}

/** Brings every relative time on the page up to date. */
export function tickTimes() {
  const now = Date.now();
  for (const element of document.querySelectorAll('time[data-relative][datetime]')) {
    const text = relative(element.getAttribute('datetime'), now);
    if (element.textContent !== text) element.textContent = text;
  }
}

const REASONS = {
  WATCHDOG_MEMORY: ['ended by watchdog', 'alarm', 'alarm'],
  KERNEL_OOM: ['killed by the kernel: out of memory', 'alarm', 'alarm'],
  EMERGENCY: ['emergency stop', 'bad', 'alarm'],
  TIMEOUT: ['timed out', 'warn', 'clock'],
  USER_STOP: ['stopped', 'warn', 'stop'],
  GUARD_CLOSED: ['guard closed', 'warn', 'stop'],
  PREEMPTED: ['preempted', 'warn', 'pause'],
  CELL_ERROR: ['failed', 'bad', 'cross'],
  KERNEL_DIED: ['kernel died', 'bad', 'cross'],
  EXECUTOR_FAILED: ['executor failed', 'bad', 'cross'],
  START_FAILED: ['did not start', 'bad', 'cross'],
  EVICTED: ['evicted', 'warn', 'stop'],
  CANCELLED: ['cancelled in its engine', 'warn', 'stop'],
  NODE_LOST: ['node lost', 'bad', 'cross'],
  ORPHANED: ['lost', 'bad', 'cross'],
  REFUSED: ['refused', 'bad', 'cross'],
};
const STATES = {
  COMPLETED: ['completed', 'good', 'check'],
  FAILED: ['failed', 'bad', 'cross'],
  KILLED: ['ended', 'bad', 'cross'],
  LOST: ['lost', 'bad', 'cross'],
  QUEUED: ['waiting', 'calm', 'clock'],
  ADMITTED: ['starting', 'calm', 'ring'],
  LAUNCHING: ['starting', 'run', 'ring'],
  WAITING: ['waiting in its engine', 'calm', 'clock'],
  RUNNING: ['running', 'run', 'ring'],
  CONTACT_LOST: ['contact lost', 'warn', 'alarm'],
  SUSPENDED: ['paused', 'warn', 'pause'],
  TERMINATING: ['stopping', 'warn', 'ring'],
};

/** Returns how an execution stands or ended: `{words, tone, icon}`. */
export function outcome(execution) {
  const [words, tone, icon] = REASONS[execution.reason] ?? STATES[execution.state] ?? [String(execution.state), 'calm', 'dot'];
  return { words, tone, icon };
}

/** Returns whether an execution has not ended yet. */
export function isLive(execution) {
  return execution.status === 'running';
}

/** Returns the bytes of a size as it is asked for, such as `2g` or `2147483648`; null if it is none. */
export function parseSize(text) {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgtp]?)i?b?$/i.exec(text ?? '');
  return match ? Number(match[1]) * 1024 ** ' kmgtp'.indexOf((match[2] || ' ').toLowerCase()) : null;
}
