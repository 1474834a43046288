// A live stream: sends what the microphone hears, and gathers what comes back.

import { liveAddress } from "./service.js";
import { toPcm } from "./sound.js";

const PATIENCE = [500, 1000, 2000, 5000]; // milliseconds before each try to reach the service again
const MOST_WAITING = 1_000_000; // bytes; what a slow line cannot carry is left out, not heaped up

export class Live {
  /** Begin; `tell.changed()` follows every event, `tell.state(text)` what a person should know. */
  constructor(rate, tell) {
    this.rate = rate;
    this.tell = tell;
    this.settled = [];
    this.provisional = [];
    this.heard = 0; // seconds that were sent, on whatever connection
    this.offset = 0; // seconds before this connection
    this.nTries = 0;
    this.isOver = false;
    this.#connect();
  }

  /** Send a piece of samples; while there is no connection, it is lost, and time goes on. */
  send(samples) {
    if (this.isOver) return;
    this.heard += samples.length / this.rate;
    if (this.socket.readyState === WebSocket.OPEN && this.socket.bufferedAmount < MOST_WAITING) {
      this.socket.send(toPcm(samples));
    }
  }

  /** End it, and wait for the last answers. */
  async end() {
    this.isOver = true;
    clearTimeout(this.timer);
    if (this.socket.readyState !== WebSocket.OPEN) return;
    const closed = new Promise((done) => { this.socket.addEventListener("close", done); });
    this.socket.send("end");
    await Promise.race([closed, new Promise((done) => { setTimeout(done, 5000); })]);
  }

  get segments() {
    return [...this.settled, ...this.provisional.map((segment) => ({ ...segment, provisional: true }))];
  }

  #connect() {
    this.socket = new WebSocket(liveAddress(this.rate));
    this.socket.binaryType = "arraybuffer";
    this.socket.addEventListener("open", () => { this.offset = this.heard; });
    this.socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(data)));
    this.socket.addEventListener("close", () => this.#closed());
  }

  #take(event) {
    if (event.type === "ready") {
      this.nTries = 0;
      this.tell.state("");
    } else if (event.type === "timeline") {
      const later = (segment) => ({
        ...segment, start: segment.start + this.offset, end: segment.end + this.offset,
      });
      this.settled.push(...event.settled.map(later));
      this.provisional = event.provisional.map(later);
      this.tell.changed();
    } else if (event.type === "problem") {
      this.tell.state(event.detail);
      this.isOver = event.status !== 429 && event.status !== 503;
    }
  }

  #closed() {
    // what was not settled will not be: it stays as it looked
    this.settled.push(...this.provisional);
    this.provisional = [];
    this.tell.changed();
    if (this.isOver) return;
    this.tell.state("The connection is lost; trying again…");
    const wait = PATIENCE[Math.min(this.nTries, PATIENCE.length - 1)];
    this.nTries += 1;
    this.timer = setTimeout(() => this.#connect(), wait);
  }
}
