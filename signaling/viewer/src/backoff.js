// Waiting times that double up to a cap, with jitter, so that many pages do not return in step.

export class Backoff {
  #first_ms;
  #cap_ms;
  #random;
  #tries = 0;

  /** `random()` is uniform in [0, 1). */
  constructor({ first_ms, cap_ms, random = Math.random }) {
    this.#first_ms = first_ms;
    this.#cap_ms = cap_ms;
    this.#random = random;
  }

  /** Milliseconds to wait before the next try: between half and all of first · 2ⁿ, at most the cap. */
  next_ms() {
    const full = Math.min(this.#cap_ms, this.#first_ms * 2 ** Math.min(this.#tries++, 20));
    return full * (0.5 + 0.5 * this.#random());
  }

  reset() {
    this.#tries = 0;
  }
}
