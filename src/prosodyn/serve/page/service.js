// Asking the service that this page came from.

import { eventsOf, pause } from "./events.js";

const TOKEN = "prosodyn-token";
const PATIENCE = [1000, 1000, 2000, 3000, 5000]; // milliseconds before each try to find a job again
const FORGOTTEN = "The service was started anew, and knows nothing of it; send it again.";

/** A request that the service refuses, with its reason; of status 0 where there is no answer at all. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
    this.hadToken = Boolean(sessionStorage.getItem(TOKEN));
  }
}

export function rememberToken(text) {
  if (text) sessionStorage.setItem(TOKEN, text);
  else sessionStorage.removeItem(TOKEN);
}

/** Return who answers: name, labels, colours, limits, licence. */
export async function model() {
  return (await askForJson("/v1/models"))[0];
}

/** Return the one answer to a recording, with its diagnosis. */
export async function predict(recording, name, signal) {
  return (await askForJson("/v1/predict", sent(recording, name, signal)))[0];
}

/** Return the timeline of a short recording. */
export async function timeline(recording, name, signal) {
  return (await askForJson("/v1/predict?timeline=true", sent(recording, name, signal)))[0];
}

/** Return the timeline of a long recording, and have it forgotten; `progress` is told each state of its job. */
export async function followed(recording, name, progress, signal) {
  const { id } = await askForJson("/v1/jobs", sent(recording, name, signal));
  // at once and not after a promise: the page may be gone by then
  const forget = () => ask(`/v1/jobs/${id}`, { method: "DELETE", keepalive: true }).catch(() => {});
  signal.addEventListener("abort", forget, { once: true });
  try {
    for await (const job of statesOf(id, signal)) {
      if (job.problem) throw new Problem(job.problem.status, job.problem.detail);
      if (job.timeline) return job.timeline;
      progress(job);
    }
    throw new Problem(0, "The service was lost while it was listening. Is it still running?");
  } finally {
    signal.removeEventListener("abort", forget);
    if (!signal.aborted) forget();
  }
}

/** Yield the states of a job, also where the stream of its events breaks off. */
async function* statesOf(id, signal) {
  try {
    yield* eventsOf((await ask(`/v1/jobs/${id}/events`, { signal })).body);
  } catch (fault) {
    if (fault.status || signal.aborted) throw fault;
  }
  for (let nFailed = 0; nFailed < PATIENCE.length && !signal.aborted; ) {
    await pause(PATIENCE[nFailed]);
    try {
      yield await askForJson(`/v1/jobs/${id}`, { signal });
      nFailed = 0;
    } catch (fault) {
      if (fault.status === 404) throw new Problem(404, FORGOTTEN);
      if (fault.status) throw fault;
      nFailed += 1;
    }
  }
}

/** Return the address of a live stream. */
export function liveAddress(rate) {
  const address = new URL("/v1/live", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.searchParams.set("rate", rate);
  const token = sessionStorage.getItem(TOKEN);
  if (token) address.searchParams.set("token", token);
  return address;
}

function sent(recording, name, signal) {
  const form = new FormData();
  form.append("file", recording, name);
  return { method: "POST", body: form, signal };
}

async function askForJson(path, options) {
  const response = await ask(path, options);
  return response.json().catch(() => { throw new Problem(0, "The answer of the service broke off. Try again."); });
}

async function ask(path, options = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch {
    throw new Problem(0, "The service does not answer. Is it still running?");
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({ detail: response.statusText }));
  throw new Problem(response.status, problem.detail);
}
