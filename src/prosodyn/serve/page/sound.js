// The microphone, and sound in and out of files.

/** As it is: what a call cleans away is part of a voice. */
const AS_IT_IS = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** Open the microphone; `hear` is given pieces of samples. Return its rate and how to close it. */
export async function openMicrophone(hear) {
  if (!navigator.mediaDevices) {
    throw new Error("A browser gives no microphone to pages from other machines without https.");
  }
  const stream = await navigator.mediaDevices.getUserMedia({ audio: AS_IT_IS }).catch((fault) => {
    const told = { NotAllowedError: "The browser was told not to give it.", NotFoundError: "There is none." };
    throw new Error(`No microphone. ${told[fault.name] ?? fault.message}`);
  });
  const context = new AudioContext();
  await context.audioWorklet.addModule("/page/worklet.js");
  const pieces = new AudioWorkletNode(context, "pieces", { numberOfOutputs: 0 });
  pieces.port.onmessage = ({ data }) => hear(data);
  context.createMediaStreamSource(stream).connect(pieces);
  await context.resume();
  return {
    rate: context.sampleRate,
    async close() {
      stream.getTracks().forEach((track) => track.stop());
      await context.close();
    },
  };
}

/** Return samples as 16-bit integers. */
export function toPcm(samples) {
  return Int16Array.from(samples, (value) => Math.round(Math.max(-1, Math.min(1, value)) * 32767));
}

/** Return pieces of samples as a wav file. */
export function toWav(pieces, rate) {
  const pcm = pieces.map(toPcm);
  const nBytes = pcm.reduce((sum, each) => sum + each.byteLength, 0);
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
  return new Blob([head, ...pcm], { type: "audio/wav" });
}

const DECODED_RATE = 16000;
const LARGEST = 40e6; // bytes; a browser decodes all of a file at once

/** Return a file's samples, mixed to one channel; null where the browser cannot read it, or should not. */
export async function decode(file) {
  if (file.size > LARGEST) return null;
  try {
    const context = new OfflineAudioContext(1, 1, DECODED_RATE);
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
