// A recording that somebody gives, and its answer.

import { show } from "./answer.js";
import { $, save, say, sayFault } from "./page.js";
import * as service from "./service.js";
import { begin } from "./session.js";
import { BARS, decode, lasting, peaks, toPcm, toWav } from "./sound.js";
import { clock } from "./words.js";

const SHORT = 60; // seconds; a longer recording is followed as a job
const MOST_BARS = 20_000;

/** Answer a recording, in place of whatever is under way; `made` has its duration and bars where it was made here. */
export async function hear(file, name, made = null) {
  const session = begin();
  session.whenOver(() => { [$.progress.hidden, $.cancel.hidden] = [true, true]; });
  say(`Listening to ${name}…`);
  [$.progress.hidden, $.cancel.hidden, $.keep.hidden] = [false, false, true];
  $.progress.removeAttribute("value");
  try {
    const { answer, bars } = await answered(session, file, name, made);
    if (!session.isMine) return;
    show(answer, bars, file, Boolean(made));
    say("");
  } catch (fault) {
    if (session.isReplaced) return;
    if (session.isMine) sayFault(fault);
    if (made) offerToKeep(file, name); // also where it was cancelled
  } finally {
    session.end();
  }
}

async function answered(session, file, name, made) {
  const duration = made?.duration ?? (await lasting(file));
  const decoded = made ? null : await decode(file, duration);
  const bars = made?.bars ?? (decoded ? barsOf(decoded) : []);
  if (!session.isMine) return {};
  const lasts = duration ?? decoded?.duration ?? null;
  try {
    return { answer: await asked(session, file, name, lasts), bars };
  } catch (fault) {
    // what the service cannot read, the browser may have read
    if (fault.status !== 415 || decoded === null) throw fault;
    const wav = toWav([toPcm(decoded.samples)], decoded.rate);
    return { answer: await asked(session, wav, name, lasts), bars };
  }
}

function barsOf({ samples, duration }) {
  return peaks(samples, Math.max(1, Math.min(MOST_BARS, Math.round(BARS * duration))));
}

async function asked({ signal }, file, name, duration) {
  if (duration !== null && duration <= SHORT) {
    const [whole, timeline] = await Promise.all([
      service.predict(file, name, signal), service.timeline(file, name, signal),
    ]);
    return { whole, timeline };
  }
  const progress = ({ state, done, total }) => {
    if (signal.aborted) return;
    if (state === "waiting") {
      say(`${name} waits for its turn…`);
      return;
    }
    if (total) $.progress.value = done / total;
    say(`Listening to ${name}: ${clock(done)}${total ? ` of ${clock(total)}` : ""}`);
  };
  return { timeline: await service.followed(file, name, progress, signal) };
}

/** Offer a recording that the service did not take: it was made here, and is nowhere else. */
function offerToKeep(file, name) {
  $.keep.hidden = false;
  $.keep.onclick = () => save(file, name);
}
