// The HTTP API. Every error is shown in the server's words.

/** An answer that was not a success, or no answer at all (`status` 0). */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

let whenRefused = () => {};

/** Sets what happens when the server requires a login. */
export function onRefused(action) {
  whenRefused = action;
}

async function call(method, path, body, { quiet = false, text = false } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: {
        // Proves that this page asks: another site's form or link cannot set it.
        'X-Nbguard': 'page',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, 'UNREACHABLE', 'The server cannot be reached. Nothing was changed by this page.');
  }
  if (response.status === 401 && !quiet) whenRefused();
  if (!response.ok) {
    const error = await response.json().then((json) => json.error, () => null);
    throw new ApiError(response.status, error?.code ?? 'UNKNOWN', error?.message ?? `The server answered ${response.status}.`);
  }
  if (text) return response.text();
  return response.status === 204 ? null : response.json();
}

const V1 = '/api/v1';
const part = encodeURIComponent;
const query = (values) => {
  const given = Object.entries(values).filter(([, value]) => value !== '' && value !== null && value !== undefined);
  return given.length ? `?${new URLSearchParams(given)}` : '';
};

export const api = {
  login: (token) => call('POST', `${V1}/login`, { token }, { quiet: true }),
  logout: () => call('POST', `${V1}/logout`, undefined, { quiet: true }),
  session: () => call('GET', `${V1}/session`, undefined, { quiet: true }),
  notebooks: () => call('GET', `${V1}/notebooks`),
  parameters: (notebook) => call('GET', `${V1}/notebooks/${part(notebook)}/parameters`),
  executions: (filter) => call('GET', `${V1}/executions${query(filter)}`),
  execution: (id) => call('GET', `${V1}/executions/${part(id)}`),
  start: (request) => call('POST', `${V1}/executions`, request),
  stop: (id, mode) => call('DELETE', `${V1}/executions/${part(id)}?mode=${mode}`),
  log: (id, lines) => call('GET', `${V1}/executions/${part(id)}/log?lines=${lines}`, undefined, { text: true }),
  usage: (id) => call('GET', `${V1}/executions/${part(id)}/usage?points=500`),
  nodeUsage: (since) => call('GET', `${V1}/node/usage${query({ since, points: 500 })}`),
  schedules: () => call('GET', `${V1}/schedules`),
  schedule: (id) => call('GET', `${V1}/schedules/${part(id)}`),
  addSchedule: (schedule) => call('POST', `${V1}/schedules`, schedule),
  preview: (schedule) => call('POST', `${V1}/schedules/preview?count=5`, schedule),
  change: (id, what) => call('POST', `${V1}/schedules/${part(id)}/${what}`),
  removeSchedule: (id) => call('DELETE', `${V1}/schedules/${part(id)}`),
  events: (limit) => call('GET', `${V1}/events?limit=${limit}`),
  kills: () => call('GET', `${V1}/kills`),
  history: () => call('GET', `${V1}/history`),
  notebookLink: (id) => `${V1}/executions/${part(id)}/notebook`,
  viewLink: (id) => `${V1}/executions/${part(id)}/view`,
  streamLink: `${V1}/stream`,
};
