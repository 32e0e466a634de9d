// The REST API, and nothing else: whatever the page tells comes through here.

const ROOT = "/api/v1";
const ENDED = new Set(["done", "failed", "cancelled"]);
const POLL = 1000; // milliseconds between looks where the stream of events breaks off

/** An answer that is no answer; `status` is 0 where the server did not speak at all. */
export class ApiError extends Error {
  constructor(status, message, faults = []) {
    super(message);
    this.status = status;
    this.faults = faults;
  }
}

/** Address of something below the API's root. */
export function url(path, query = {}) {
  const search = new URLSearchParams(query).toString();
  return `${ROOT}${path}${search ? `?${search}` : ""}`;
}

async function call(method, path, body, signal, type = "application/json") {
  const options = { method, signal, headers: body === undefined ? {} : { "Content-Type": type } };
  if (body !== undefined) options.body = body;
  let response;
  try {
    response = await fetch(path.startsWith("/api") ? path : url(path), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, "The server does not answer.");
  }
  if (!response.ok) throw await refused(response);
  return response.status === 204 ? null : response.json();
}

async function refused(response) {
  const told = await response.json().catch(() => ({}));
  const message = told.message ?? `The server refused this (${response.status}).`;
  return new ApiError(response.status, message, told.faults ?? []);
}

export const get = (path, signal) => call("GET", path, undefined, signal);
export const remove = (path) => call("DELETE", path);
export const post = (path, data, signal) => call("POST", path, JSON.stringify(data), signal);

/** Hand a dossier's text to the server. */
export const bring = (text) => call("POST", "/dossiers", text, undefined, "application/yaml");

/** Whether a run will not move any more. */
export const ended = (run) => ENDED.has(run.state);

/** Follow a run until it ends; `onRun` hears of every step. Resolves with the run as it ended. */
export function follow(run, onRun, signal) {
  if (ended(run)) return Promise.resolve(run);
  return new Promise((resolve, reject) => {
    const source = new EventSource(url(`/runs/${run.id}/events`));
    let over = false;
    const stop = (settle, value) => {
      over = true;
      source.close();
      settle(value);
    };
    const heard = (now) => {
      if (over) return;
      onRun(now);
      if (ended(now)) stop(resolve, now);
    };
    signal.addEventListener("abort", () => stop(reject, signal.reason));
    source.addEventListener("run", (event) => heard(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      source.close(); // the stream also ends when the run has: a look tells which it was
      if (!over) poll(run.id, heard, signal, () => over).catch((error) => stop(reject, error));
    });
  });
}

async function poll(id, heard, signal, over) {
  while (!over()) {
    heard(await get(`/runs/${id}`, signal));
    if (!over()) await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}
