// A film for the agent's source file:*.y4m whose bar code tells the time: whichever picture is read next, its stamp is
// at most a few milliseconds old, because a thread of ours writes it anew all the time.
import { openSync, writeFileSync, writeSync } from 'node:fs';
import { Worker, isMainThread, workerData } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { busy_picture } from './busy_picture.mjs';

/** How old a stamp may get [ms]: this is the error of latencies, upwards. */
const kRestamp_ms = 3;
const kFrameLine = Buffer.from('FRAME\n');

export class StampedFilm {
  /** Writes the film to `path` (best in memory: /dev/shm) and keeps it stamped until stop(). */
  static start({ path, width, height, fps }) {
    const film = new StampedFilm();
    film.path = path;
    const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F${fps}:1 Ip A1:1 C420jpeg\n`);
    const { frames } = busy_picture({ width, height });
    writeFileSync(path, Buffer.concat([header, ...frames.flatMap((frame) => [kFrameLine, frame])]));
    film.worker = new Worker(fileURLToPath(import.meta.url), { workerData: { path, width, height, header_bytes: header.length } });
    return film;
  }

  async stop() {
    await this.worker.terminate();
  }
}

function keep_stamped({ path, width, height, header_bytes }) {
  const { frames, stamp, band_bytes } = busy_picture({ width, height });
  const file = openSync(path, 'r+');
  const band = frames[0].subarray(0, band_bytes);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let number = 0; ; number++) {
    stamp(band, number, Date.now());
    frames.forEach((frame, i) => writeSync(file, band, 0, band_bytes, header_bytes + i * (kFrameLine.length + frame.length) + kFrameLine.length));
    Atomics.wait(pause, 0, 0, kRestamp_ms);
  }
}

if (!isMainThread && workerData?.path) keep_stamped(workerData);
