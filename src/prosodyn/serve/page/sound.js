// Sound in and out of files, and what is drawn of it.

export const RATE = 16000; // samples a second: what is beyond, no recogniser here hears
export const BARS = 20; // of a waveform, a second

const LONGEST = 600; // seconds; a browser decodes all of a file at once, a hundred times as large as it was
const LARGEST_UNKNOWN = 2e6; // bytes, where nobody knows how long it lasts

/** Return samples as 16-bit integers. */
export function toPcm(samples) {
  return Int16Array.from(samples, (value) => Math.round(Math.max(-1, Math.min(1, value)) * 32767));
}

/** Return pieces of 16-bit samples as a wav file. */
export function toWav(pieces, rate = RATE) {
  const nBytes = pieces.reduce((sum, each) => sum + each.byteLength, 0);
  const head = new DataView(new ArrayBuffer(44));
  const write = (place, text) => [...text].forEach((char, at) => head.setUint8(place + at, char.charCodeAt(0)));
  write(0, "RIFF");
  head.setUint32(4, 36 + nBytes, true);
  write(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, rate, true);
  head.setUint32(28, 2 * rate, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  write(36, "data");
  head.setUint32(40, nBytes, true);
  return new Blob([head, ...pieces], { type: "audio/wav" });
}

/** Return how long a file lasts, in seconds; null where the browser cannot tell. */
export function lasting(file) {
  return new Promise((tell) => {
    const player = new Audio();
    const address = URL.createObjectURL(file);
    const done = (seconds) => {
      URL.revokeObjectURL(address);
      tell(Number.isFinite(seconds) ? seconds : null);
    };
    player.addEventListener("loadedmetadata", () => done(player.duration), { once: true });
    player.addEventListener("error", () => done(null), { once: true });
    player.preload = "metadata";
    player.src = address;
  });
}

/** Return a file's samples, mixed to one channel; null where the browser cannot read it, or should not. */
export async function decode(file, duration) {
  if (duration === null ? file.size > LARGEST_UNKNOWN : duration > LONGEST) return null;
  try {
    const context = new OfflineAudioContext(1, 1, RATE);
    const decoded = await context.decodeAudioData(await file.arrayBuffer());
    const mixed = new Float32Array(decoded.length);
    for (let channel = 0; channel < decoded.numberOfChannels; channel += 1) {
      decoded.getChannelData(channel).forEach((value, at) => { mixed[at] += value / decoded.numberOfChannels; });
    }
    return { samples: mixed, rate: decoded.sampleRate, duration: decoded.duration };
  } catch {
    return null;
  }
}

/** Return the lowest and highest sample in each of `n` equal parts. */
export function peaks(samples, n) {
  const found = [];
  for (let part = 0; part < n; part += 1) {
    const [from, to] = [part, part + 1].map((each) => Math.floor((each * samples.length) / n));
    let [low, high] = [0, 0];
    for (let at = from; at < to; at += 1) {
      low = Math.min(low, samples[at]);
      high = Math.max(high, samples[at]);
    }
    found.push([low, high]);
  }
  return found;
}

/** Gathers the bars of a waveform while samples come. */
export class Bars {
  bars = [];
  #held = [0, 0, 0]; // lowest, highest, and how many samples

  push(samples) {
    for (const value of samples) {
      const held = this.#held;
      held[0] = Math.min(held[0], value);
      held[1] = Math.max(held[1], value);
      held[2] += 1;
      if (held[2] === RATE / BARS) {
        this.bars.push([held[0], held[1]]);
        this.#held = [0, 0, 0];
      }
    }
  }
}
