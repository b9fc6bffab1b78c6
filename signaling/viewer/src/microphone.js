// The viewer's own microphone, open only while the talk button is held.

const kWords = {
  NotAllowedError: "mic_denied",
  SecurityError: "mic_denied",
  NotFoundError: "mic_missing",
  NotReadableError: "mic_busy",
};

/** Resolves to a live track; rejects with an Error whose message is a code of words.js. */
export async function open_microphone(devices = navigator.mediaDevices) {
  // Pages that came over plain http, other than from this very machine, have no mediaDevices at all.
  if (!devices?.getUserMedia) throw new Error("mic_insecure");
  try {
    const stream = await devices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
    return stream.getAudioTracks()[0];
  } catch (error) {
    throw new Error(kWords[error?.name] ?? "mic_failed");
  }
}

/** Hold-to-talk: hands a track to `on_track(track)` while held and null afterwards; `on_error(code)` when there is none. */
export class TalkButton {
  #held = false;
  #track = null;
  #open;
  #listener;

  constructor(listener, open = open_microphone) {
    this.#listener = listener;
    this.#open = open;
  }

  get held() {
    return this.#held;
  }

  async press() {
    if (this.#held) return;
    this.#held = true;
    try {
      const track = await this.#open();
      if (!this.#held || this.#track) return track.stop(); // let go while the browser was asking, or pressed again
      this.#track = track;
      this.#listener.on_track(track);
    } catch (error) {
      this.#held = false;
      this.#listener.on_error(error.message);
    }
  }

  release() {
    this.#held = false;
    this.#track?.stop(); // the browser's sign that the microphone is on goes out
    if (this.#track) this.#listener.on_track(null);
    this.#track = null;
  }
}
