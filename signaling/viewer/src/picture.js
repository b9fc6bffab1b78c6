// Still pictures out of a <video>: the last one, kept on screen over a gap, and the snapshot a person saves.

function draw(video, canvas) {
  if (!video.videoWidth || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return false;
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  return true;
}

/** Lays the video's last frame over it until new ones come. */
export class LastPicture {
  #video;
  #canvas;

  constructor(video, canvas) {
    this.#video = video;
    this.#canvas = canvas;
    canvas.hidden = true;
  }

  /** Keeps the present frame; without one, whatever was kept before stays. */
  hold() {
    if (draw(this.#video, this.#canvas)) this.#canvas.hidden = false;
  }

  release() {
    this.#canvas.hidden = true;
    this.#canvas.width = 0; // and its pixels are gone
  }

  /** Resolves to what is on screen as a PNG Blob, or null before the first picture. */
  async png() {
    const shown = this.#canvas.hidden ? document.createElement("canvas") : this.#canvas;
    if (this.#canvas.hidden && !draw(this.#video, shown)) return null;
    return new Promise((resolve) => shown.toBlob(resolve, "image/png"));
  }
}

/** `front-door-2026-01-31-17-05-09.png`, in local time, without characters a file system may refuse. */
export function snapshot_name(camera, date) {
  const two = (n) => String(n).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())];
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two);
  return `${camera}-${[...day, ...time].join("-")}.png`;
}

/** Hands a Blob to the browser's downloads. */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // Safari reads it after the click returns
}
