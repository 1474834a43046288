// Hands on what the microphone hears, a twentieth of a second at a time.

class Pieces extends AudioWorkletProcessor {
  constructor() {
    super();
    this.piece = new Float32Array(Math.round(sampleRate / 20));
    this.filled = 0;
  }

  process([channels]) {
    const heard = channels[0];
    for (let taken = 0; heard && taken < heard.length; ) {
      const fits = Math.min(heard.length - taken, this.piece.length - this.filled);
      this.piece.set(heard.subarray(taken, taken + fits), this.filled);
      this.filled += fits;
      taken += fits;
      if (this.filled === this.piece.length) {
        this.port.postMessage(this.piece.slice());
        this.filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("pieces", Pieces);
