// Watches a <video> for presented frames: counts them and reads the capture time that tells the glass-to-glass latency.

/**
 * Calls `on_frame(metadata)` for every presented frame until stop(); metadata is empty where the browser has no
 * requestVideoFrameCallback (then only the first frame and the playing position are known).
 */
export class FrameMeter {
  #video;
  #on_frame;
  #handle = null;
  #abort = new AbortController();

  constructor(video, on_frame) {
    this.#video = video;
    this.#on_frame = on_frame;
    if (video.requestVideoFrameCallback) this.#next();
    else this.#listen();
  }

  stop() {
    if (this.#handle !== null) this.#video.cancelVideoFrameCallback(this.#handle);
    this.#abort.abort();
  }

  #next() {
    this.#handle = this.#video.requestVideoFrameCallback((now, metadata) => {
      if (this.#abort.signal.aborted) return;
      this.#next();
      this.#on_frame(metadata);
    });
  }

  #listen() {
    const { signal } = this.#abort;
    for (const name of ["loadeddata", "timeupdate"]) {
      this.#video.addEventListener(name, () => this.#on_frame({}), { signal });
    }
  }
}

/** Capture to display [ms], when the camera's clock is known to the browser (RTCP SR and DLRR); else undefined. */
export function latency_of({ captureTime, expectedDisplayTime }) {
  if (captureTime === undefined || expectedDisplayTime === undefined) return undefined;
  return expectedDisplayTime - captureTime;
}

/** Exponential mean over about `span` frames, so that the figure can be read. */
export class Smoothed {
  value = undefined;

  constructor(span) {
    this.span = span;
  }

  add(sample) {
    if (sample === undefined) return;
    this.value = this.value === undefined ? sample : this.value + (sample - this.value) / this.span;
  }
}
