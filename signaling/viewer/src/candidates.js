// Trickled candidates, both ways: ours gathered into small batches, the camera's held until they can be applied.

import { kMaxCandidates } from "./messages.js";

/** Our candidates: `add` and `finish` fill it, `take` empties it into one message's fields. */
export class OutgoingCandidates {
  #waiting = [];
  #sent = 0;
  #done = false;
  #done_sent = false;

  add(candidate, mid) {
    // PROTOCOL.md "Limits": a camera refuses the 33rd candidate of a session; the first ones are the best ones.
    if (this.#sent + this.#waiting.length < kMaxCandidates) this.#waiting.push({ candidate, mid });
  }

  finish() {
    this.#done = true;
  }

  /** `{candidates, done}`, or null when there is nothing new to say. */
  take() {
    if (!this.#waiting.length && (!this.#done || this.#done_sent)) return null;
    const batch = { candidates: this.#waiting, done: this.#done };
    this.#sent += this.#waiting.length;
    this.#waiting = [];
    this.#done_sent = this.#done;
    return batch;
  }
}

/** The camera's candidates: MQTT may bring them before its description, and the browser refuses them until then. */
export class IncomingCandidates {
  #held = [];
  #apply = null;

  push(candidates) {
    if (this.#apply) candidates.forEach(this.#apply);
    else this.#held.push(...candidates.slice(0, kMaxCandidates - this.#held.length));
  }

  /** The remote description is in place: everything held goes to `apply`, and whatever follows too. */
  release(apply) {
    const held = this.#held;
    this.#held = [];
    this.#apply = apply;
    held.forEach(apply);
  }
}
