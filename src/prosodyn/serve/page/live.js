// A live stream: sends what the microphone hears, and gathers what comes back.

import { pause } from "./events.js";
import { Problem, liveAddress, model } from "./service.js";
import { RATE, toPcm } from "./sound.js";
import { NOT_HEARD } from "./words.js";

const PATIENCE = [500, 1000, 2000, 5000]; // milliseconds before each try to reach the service again
const HELD = 10 * RATE; // samples that wait for a connection; what is older than that is lost
const MOST_WAITING = 1_000_000; // bytes in a connection: a line that is that slow is given up
const LAST_WORDS = 10_000; // milliseconds
const LEAST_GAP = 0.1; // seconds
const BUSY = [429, 503]; // statuses of a service that may take it later

export class Live {
  /**
   * Begin; `tell.changed()` follows every event, `tell.state(text)` what a person should know, and
   * `tell.refused(problem)` the end, where the service will not have it.
   */
  constructor(tell) {
    this.tell = tell;
    this.settled = [];
    this.provisional = [];
    this.taken = 0; // samples that were given to it
    this.held = []; // pieces that wait for a connection
    this.nHeld = 0;
    this.offset = 0; // seconds before this connection
    this.answered = 0; // seconds until which all is known, or known to be lost
    this.nTries = 0;
    this.isReady = false; // what is sent is heard
    this.isWaiting = false; // for the next try
    this.isEnding = false;
    this.isOver = false;
    this.#connect();
  }

  /** Return how many seconds were given to it. */
  get heard() {
    return this.taken / RATE;
  }

  /** Send a piece of samples; while there is no connection, it waits for a while. */
  send(samples) {
    if (this.isOver) return;
    this.taken += samples.length;
    if (this.isReady && this.socket.bufferedAmount > MOST_WAITING) this.#lose();
    if (this.isReady) this.socket.send(toPcm(samples));
    else this.#hold(toPcm(samples));
  }

  /** End it, and wait for the last answers. */
  async end() {
    this.isEnding = true;
    if (!this.isReady) await Promise.race([new Promise((done) => { this.ready = done; }), pause(LAST_WORDS / 5)]);
    if (this.isReady) {
      const closed = new Promise((done) => { this.socket.addEventListener("close", done); });
      this.socket.send("end");
      await Promise.race([closed, pause(LAST_WORDS)]);
    }
    this.close();
    this.#settle();
    this.#fill(this.heard);
  }

  /** Leave it as it is. */
  close() {
    this.isOver = true;
    clearTimeout(this.timer);
    this.socket.close();
  }

  /** Return all segments, those that may change marked, and what nobody heard among them. */
  get segments() {
    const provisional = this.provisional.map((segment) => ({ ...segment, provisional: true }));
    const reached = provisional.at(-1)?.end ?? this.answered;
    const lost = this.isReady ? reached : (this.taken - this.nHeld) / RATE;
    const missed = lost - reached >= LEAST_GAP ? [gap(reached, lost)] : [];
    return [...this.settled, ...provisional, ...missed];
  }

  #hold(pcm) {
    this.held.push(pcm);
    this.nHeld += pcm.length;
    while (this.nHeld > HELD) this.nHeld -= this.held.shift().length;
  }

  #connect() {
    const socket = new WebSocket(liveAddress(RATE));
    this.socket = socket;
    this.isWaiting = false;
    this.reason = "";
    this.wait = null;
    let wasOpen = false;
    socket.addEventListener("open", () => { wasOpen = true; });
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.socket && !this.isWaiting) this.#take(JSON.parse(data));
    });
    socket.addEventListener("close", () => {
      if (socket === this.socket && !this.isWaiting) this.#lose(wasOpen);
    });
  }

  #take(event) {
    if (event.type === "ready") {
      this.#begin();
    } else if (event.type === "timeline") {
      const later = (segment) => ({
        ...segment, start: segment.start + this.offset, end: segment.end + this.offset,
      });
      this.settled.push(...event.settled.map(later));
      this.provisional = event.provisional.map(later);
      this.answered = this.offset + event.heard;
      this.tell.changed();
    } else if (event.type === "problem" && BUSY.includes(event.status)) {
      this.wait = 1000 * (event.retry_after ?? 5);
      this.reason = event.detail.replace(/; try again.*/, "");
    } else if (event.type === "problem") {
      this.#refuse(new Problem(event.status, event.detail));
    }
  }

  #begin() {
    this.nTries = 0;
    this.offset = (this.taken - this.nHeld) / RATE;
    this.#fill(this.offset);
    this.isReady = true;
    for (const pcm of this.held) this.socket.send(pcm);
    this.held = [];
    this.nHeld = 0;
    this.ready?.();
    if (!this.isEnding) this.tell.state("");
  }

  /** Go on after a connection was lost, or was none. */
  #lose(wasOpen = true) {
    this.isReady = false;
    this.#settle();
    if (this.isOver || this.isEnding) return;
    this.isWaiting = true;
    this.socket.close();
    const wait = this.wait ?? PATIENCE[Math.min(this.nTries, PATIENCE.length - 1)];
    this.nTries += 1;
    this.timer = setTimeout(() => this.#connect(), wait);
    this.tell.state(this.#lost(wait));
    this.tell.changed();
    if (!wasOpen) this.#askWhy();
  }

  #lost(wait) {
    if (!this.reason) return "The connection is lost; trying again…";
    return `The service is busy: ${this.reason}. Trying again in ${Math.ceil(wait / 1000)} s…`;
  }

  /** A browser does not tell why a stream was refused; another request does. */
  async #askWhy() {
    try {
      await model();
    } catch (fault) {
      if (fault.status && !BUSY.includes(fault.status)) this.#refuse(fault);
    }
  }

  #refuse(problem) {
    if (this.isOver) return;
    this.close();
    this.#settle();
    this.#fill(this.heard);
    this.tell.refused(problem);
  }

  /** What was not settled will not be: it stays as it looked. */
  #settle() {
    this.settled.push(...this.provisional);
    this.provisional = [];
  }

  /** Mark what nobody heard until some second. */
  #fill(second) {
    if (second - this.answered >= LEAST_GAP) this.settled.push(gap(this.answered, second));
    this.answered = Math.max(this.answered, second);
  }
}

function gap(start, end) {
  return {
    start, end, emotion: NOT_HEARD, confidence: null, best_guess: null, speaker: "", strange: false, probabilities: {},
  };
}
