// Asking the service that this page came from.

const TOKEN = "prosodyn-token";

/** A request that the service refuses, with its reason. */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export function rememberToken(text) {
  sessionStorage.setItem(TOKEN, text);
}

/** Return who answers: name, labels, colours, licence. */
export async function model() {
  return (await (await ask("/v1/models")).json())[0];
}

/** Return the one answer to a recording, with its diagnosis. */
export async function predict(recording, name) {
  return (await (await send("/v1/predict", recording, name)).json())[0];
}

/** Return the timeline of a short recording. */
export async function timeline(recording, name) {
  return (await (await send("/v1/predict?timeline=true", recording, name)).json())[0];
}

/** Return the timeline of a recording in another format, as a file. */
export async function inFormat(recording, name, format) {
  return (await send(`/v1/predict?timeline=true&format=${format}`, recording, name)).blob();
}

/** Follow a long recording as a job; `progress` is told the seconds that are done, and of how many. */
export async function job(recording, name, progress) {
  const begun = await (await send("/v1/jobs", recording, name)).json();
  const events = await ask(`/v1/jobs/${begun.id}/events`);
  let last = begun;
  for await (const event of eventsOf(events.body)) {
    last = event;
    progress(event.done, event.total);
  }
  if (last.problem) throw new Problem(last.problem.status, last.problem.detail);
  return { id: last.id, timeline: last.timeline };
}

/** Return the answer of a job in another format, as a file. */
export async function jobInFormat(id, format) {
  return (await ask(`/v1/jobs/${id}/timeline?format=${format}`)).blob();
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

async function send(path, recording, name) {
  const form = new FormData();
  form.append("file", recording, name);
  return ask(path, { method: "POST", body: form });
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

/** Yield what server-sent events hold. */
async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    held += value;
    const events = held.split("\n\n");
    held = events.pop();
    for (const event of events) {
      const line = event.split("\n").find((each) => each.startsWith("data: "));
      if (line) yield JSON.parse(line.slice(6));
    }
  }
}
