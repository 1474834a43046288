// The microphone, at the rate that the service hears.

import { Resampler } from "./resample.js";
import { RATE } from "./sound.js";

/** As it is: what a call cleans away is part of a voice. */
const AS_IT_IS = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** Open the microphone; `start(hear)` lets pieces of samples come, `close` gives it back. */
export async function openMicrophone() {
  if (!navigator.mediaDevices) {
    throw new Error("A browser gives no microphone to pages from other machines without https.");
  }
  const stream = await navigator.mediaDevices.getUserMedia({ audio: AS_IT_IS }).catch((fault) => {
    const told = { NotAllowedError: "The browser was told not to give it.", NotFoundError: "There is none." };
    throw new Error(`No microphone. ${told[fault.name] ?? fault.message}`);
  });
  let context = null;
  const close = () => {
    stream.getTracks().forEach((track) => track.stop());
    if (context && context.state !== "closed") context.close();
  };
  try {
    context = new AudioContext();
    await context.audioWorklet.addModule("/page/worklet.js");
  } catch (fault) {
    close();
    throw new Error(`No microphone. The browser cannot hear it here: ${fault.message}`);
  }
  return {
    close,
    /** Let it be heard; `lost` is called where the microphone is taken away. */
    async start(hear, lost) {
      const resampler = new Resampler(context.sampleRate, RATE);
      const pieces = new AudioWorkletNode(context, "pieces", { numberOfOutputs: 0 });
      pieces.port.onmessage = ({ data }) => hear(resampler.push(data));
      stream.getTracks().forEach((track) => track.addEventListener("ended", lost));
      context.createMediaStreamSource(stream).connect(pieces);
      await context.resume();
    },
  };
}
