// What is under way: one thing at a time, and the next one takes its place.

let current = null;

class Session {
  #ending = new AbortController();

  /** Is aborted when it ends, whether it is done, cancelled or another has taken its place. */
  get signal() {
    return this.#ending.signal;
  }

  /** Tell whether what comes of it may still be shown. */
  get isMine() {
    return current === this && !this.signal.aborted;
  }

  /** Tell whether another has taken its place. */
  get isReplaced() {
    return current !== this;
  }

  /** Do something when it ends. */
  whenOver(act) {
    this.signal.addEventListener("abort", act, { once: true });
  }

  end() {
    this.#ending.abort();
  }
}

/** Begin something; what was under way ends. */
export function begin() {
  current?.end();
  current = new Session();
  return current;
}

/** End what is under way. */
export function end() {
  current?.end();
}
