// What can be had from a camera: what its state says it has, as far as it lets us.

export class Abilities {
  #has_key;
  #state; // () => the camera's state as last heard, or null
  #rights = null; // what the camera last said we may do

  constructor(has_key, state) {
    this.#has_key = has_key;
    this.#state = state;
  }

  /** With an answer or an offer; what says nothing of rights changes nothing. */
  learn(rights) {
    this.#rights = rights ?? this.#rights;
  }

  /** The invitation is over. */
  forget() {
    this.#rights = null;
  }

  /** What to ask for: {audio, talk}. */
  get wanted() {
    const { listen = true, talk = true } = this.#rights ?? {};
    const state = this.#state();
    return { audio: listen && (state?.audio.length ?? 0) > 0, talk: talk && (state?.talk ?? false) };
  }

  /** What to show. Nothing that the camera may refuse: a sealed one says first what we may do. */
  get shown() {
    const known = this.#rights !== null || (!this.#has_key && this.#state()?.access !== "sealed");
    const { audio, talk } = this.wanted;
    return { audio: known && audio, talk: known && talk, control: this.#rights?.control ?? false };
  }
}
