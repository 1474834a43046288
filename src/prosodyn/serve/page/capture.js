// Hearing the microphone, as a recording or live, until somebody stops it.

import { clear, follow, show } from "./answer.js";
import { hear } from "./hear.js";
import { Live } from "./live.js";
import { openMicrophone } from "./microphone.js";
import { $, say, sayFault, stage } from "./page.js";
import { begin } from "./session.js";
import { BARS, Bars, RATE, toPcm, toWav } from "./sound.js";
import { clock } from "./words.js";

const SHOWN = 60; // seconds of a live stream that are seen at a time
const KEPT = 1800; // seconds of a live stream whose sound is kept to be played

let stopping = null;

/** Tell whether the microphone is being heard. */
export function isCapturing() {
  return stopping !== null;
}

export function stop() {
  stopping?.();
}

export const record = () => capture("Recording", recording);
export const listen = (labels) => capture("Listening", (session) => listening(session, labels));

async function capture(what, begins) {
  if ($.record.disabled) return;
  const session = begin();
  setBusy(true); // before anything is waited for: one microphone is enough
  session.whenOver(() => setBusy(false));
  $.keep.hidden = true;
  say("Waiting for the microphone…");
  try {
    const microphone = await openMicrophone();
    if (!session.isMine) {
      microphone.close();
      return;
    }
    const taker = begins(session);
    stopping = (problem = null) => {
      release();
      taker.end(problem);
    };
    let isOpen = true;
    const release = () => {
      if (!isOpen) return;
      isOpen = false;
      stopping = null;
      stage("drop");
      setBusy(false);
      microphone.close();
    };
    session.whenOver(release);
    $["capture-what"].textContent = what;
    $["capture-time"].textContent = clock(0);
    stage("capture");
    $.stop.focus();
    say("");
    await microphone.start((samples) => isCapturing() && session.isMine && taker.take(measured(samples, taker)), stop);
  } catch (fault) {
    if (session.isMine) sayFault(fault);
    session.end();
  }
}

function setBusy(isBusy) {
  [$.record.disabled, $.live.disabled] = [isBusy, isBusy];
}

function measured(samples, taker) {
  taker.n = (taker.n ?? 0) + samples.length;
  $["capture-time"].textContent = clock(taker.n / RATE);
  const power = samples.reduce((sum, each) => sum + each * each, 0) / Math.max(1, samples.length);
  $.level.value = Math.min(1, 3 * Math.sqrt(power));
  return samples;
}

function recording() {
  const pieces = [];
  const bars = new Bars();
  return {
    take(samples) {
      pieces.push(toPcm(samples));
      bars.push(samples);
    },
    end() {
      const duration = pieces.reduce((sum, piece) => sum + piece.length, 0) / RATE;
      hear(toWav(pieces), "recording.wav", { duration, bars: bars.bars });
    },
  };
}

function listening(session, labels) {
  const bars = new Bars();
  let pieces = [];
  const live = new Live({
    changed: () => { if (session.isMine) draw(); },
    state: (text) => { if (session.isMine) say(text, Boolean(text)); },
    refused: (problem) => { if (session.isMine) stopping?.(problem); },
  });
  session.whenOver(() => live.close());
  clear("Live");
  draw();

  function draw() {
    const start = Math.max(0, live.heard - SHOWN);
    follow(start, start + SHOWN, bars.bars, BARS, live.segments);
  }

  return {
    take(samples) {
      bars.push(samples);
      if (live.heard < KEPT) pieces.push(toPcm(samples));
      else pieces = [];
      live.send(samples);
    },
    async end(problem) {
      if (!problem) {
        say("The last words are being heard…");
        await live.end();
      }
      if (!session.isMine) return;
      session.end();
      const remarks = live.heard < KEPT ? [] : ["its sound was too long to be kept here"];
      const timeline = { file: "live.wav", duration: live.heard, adapted: false, labels, remarks, segments: live.segments };
      show({ timeline }, bars.bars, pieces.length ? toWav(pieces) : null, true);
      if (problem) sayFault(problem);
      else say("");
    },
  };
}
