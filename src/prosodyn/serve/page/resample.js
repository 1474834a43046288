// Sound at another rate, piece by piece: what a slower rate cannot hold is filtered away.

const CROSSINGS = 24; // of zero, on each side of the kernel
const FINENESS = 512; // places of the kernel between two of them
const PASSED = 0.95; // share of the band that is kept

const KERNEL = Float64Array.from({ length: CROSSINGS * FINENESS + 2 }, (_, at) => {
  const x = at / FINENESS;
  if (x >= CROSSINGS) return 0;
  const window = Math.cos((Math.PI * x) / (2 * CROSSINGS)) ** 2;
  return (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)) * window;
});

export class Resampler {
  /** Begin a stream that comes at one rate and leaves at another. */
  constructor(from, to) {
    this.step = from / to; // samples that come, for each that leaves
    this.cutoff = PASSED * Math.min(1, to / from);
    this.reach = Math.ceil(CROSSINGS / this.cutoff);
    this.held = new Float32Array(this.reach); // silence before the first sample
    this.first = -this.reach; // place of the first sample that is held
    this.next = 0; // which sample leaves next
    this.isSame = from === to;
  }

  /** Take samples, and return those that are due. */
  push(samples) {
    if (this.isSame) return samples;
    const held = new Float32Array(this.held.length + samples.length);
    held.set(this.held);
    held.set(samples, this.held.length);
    const last = this.first + held.length - 1;
    const n = Math.max(0, Math.floor((last - this.reach) / this.step) - this.next + 1);
    const due = Float32Array.from({ length: n }, (_, at) => this.#at((this.next + at) * this.step, held));
    this.next += n;
    const needed = Math.floor(this.next * this.step) - this.reach - this.first;
    this.held = held.slice(Math.max(0, needed));
    this.first += Math.max(0, needed);
    return due;
  }

  #at(place, held) {
    let sum = 0;
    for (let at = Math.ceil(place - this.reach); at <= place + this.reach; at += 1) {
      const x = Math.abs(place - at) * this.cutoff * FINENESS;
      const below = Math.floor(x);
      if (below > CROSSINGS * FINENESS) continue;
      const weight = KERNEL[below] + (x - below) * (KERNEL[below + 1] - KERNEL[below]);
      sum += weight * held[at - this.first];
    }
    return sum * this.cutoff;
  }
}
