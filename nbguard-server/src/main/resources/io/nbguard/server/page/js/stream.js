// The stream of server-sent events: opened again by itself after whatever went wrong, slower each time.

const FIRST_RETRY = 500;
const LAST_RETRY = 10_000;
// A snapshot comes each second. A connection that has gone silent is dead, even if the browser reports it as open.
const SILENCE = 8_000;
// Each tab holds one of the few connections that a browser makes to a host: a hidden tab gives it back after a while.
const UNSEEN = 10 * 60_000;
const TYPES = ['snapshot', 'event', 'execution', 'schedules', 'missed'];

/**
 * Keeps a stream open until `close()`.
 *
 * @param link where it is
 * @param take called with (type, data) for each message
 * @param opened called each time it has been opened: all that was missed meanwhile has to be asked for
 * @param lost called each time it breaks
 * @param mayRetry asked before each retry; false ends it (the server requires a login), an error is one more failure
 */
export function keepStream({ link, take, opened, lost, mayRetry }) {
  let source = null;
  let retry = FIRST_RETRY;
  let timer = 0;
  let heard = performance.now();
  let unseenSince = null;
  let closed = false;

  function open() {
    source = new EventSource(link);
    heard = performance.now();
    source.onopen = () => {
      retry = FIRST_RETRY;
      heard = performance.now();
      opened();
    };
    source.onerror = () => broken();
    for (const type of TYPES) {
      source.addEventListener(type, (message) => {
        heard = performance.now();
        take(type, JSON.parse(message.data));
      });
    }
  }

  function drop() {
    source?.close();
    source = null;
    clearTimeout(timer);
  }

  function broken() {
    if (closed) return;
    drop();
    lost();
    // Spread out, so that many pages do not all come at once when the server is back.
    timer = setTimeout(again, retry * (0.75 + Math.random() / 2));
    retry = Math.min(LAST_RETRY, retry * 1.7);
  }

  async function again() {
    try {
      if (!(await mayRetry())) return;
    } catch {
      broken();
      return;
    }
    if (!closed && !source) open();
  }

  const check = setInterval(() => {
    if (source && performance.now() - heard > SILENCE) broken();
    if (source && unseenSince !== null && performance.now() - unseenSince > UNSEEN) drop();
  }, 2_000);

  function seen() {
    unseenSince = document.hidden ? performance.now() : null;
    if (!document.hidden) {
      // Do not wait for a timer that was throttled while the page was hidden.
      retry = FIRST_RETRY;
      if (!source) {
        clearTimeout(timer);
        again();
      }
    }
  }
  document.addEventListener('visibilitychange', seen);
  open();

  return {
    close() {
      closed = true;
      drop();
      clearInterval(check);
      document.removeEventListener('visibilitychange', seen);
    },
  };
}
