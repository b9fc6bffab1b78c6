// Four viewers whose networks carry 0.4, 1, 2 and 4 Mbit/s, one of whom asks for key frames all the time.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FarReceiver, media_addresses } from './far_receivers.mjs';
import { StampedFilm } from './stamped_film.mjs';

export const kLinks_kbps = [400, 1000, 2000, 4000];
const kPlis = 50; // a second, by the last
const kSample_ms = 100;

/**
 * In `world`, with a camera of its own: `main` and `low`, what was asked of the encoders [kbit/s] in the last `window` of
 * `seconds`; `two_encodes`: both all that time; `viewers`: what each received then, see FarReceiver.seen().
 */
export async function watch_by_four(world, { seconds, window }) {
  const picture = { width: 640, height: 360, fps: 30 };
  const path = existsSync('/dev/shm') ? `/dev/shm/perch-film-${process.pid}.y4m` : join(world.dir, 'film.y4m');
  process.on('exit', () => rmSync(path, { force: true }));
  const film = StampedFilm.start({ path, ...picture });
  await world.start_broker({ mqtt_listen: '10.9.9.1' });
  const far = [];
  for (const [i, rate] of kLinks_kbps.entries()) far.push(await FarReceiver.create(world, i + 1, { to_there: `rate=${rate},delay=20`, to_here: 'delay=20' }));
  // After the networks: a camera that sees new addresses offers its viewers new paths.
  const perchd = await world.start_perchd({ config: { video: { source: `file:${path}`, ...picture, max_bitrate: 4_000_000 }, ice: { local_addresses: media_addresses(far.length) }, log: { level: 'debug' } } });
  for (const viewer of far) viewer.watch({ camera: perchd.id, seconds, window, plis: viewer.n === far.length ? kPlis : 0 });
  const asked = ask_rates_of(perchd, (seconds - window) * 1000);
  await Promise.race(far.map((viewer) => viewer.receiver.ended));
  const rates = asked.stop();
  const viewers = await Promise.all(far.map((viewer) => viewer.seen()));
  for (const viewer of far) await viewer.stop();
  await perchd.stop();
  await film.stop();
  return { ...rates, viewers };
}

/** The largest relative difference between what each of the three fast viewers received and what main was asked for. */
export function off_from_rule({ main, viewers }) {
  return Math.max(...viewers.slice(1).map(({ kbps }) => Math.abs(kbps - main) / main));
}

/** Key frames a second, of whoever got most. */
export const keyframe_rate = ({ viewers }) => Math.max(...viewers.map(({ keyframes, window }) => keyframes / window));

/** What the log says is asked of the encoders, averaged over the time from `after_ms` until stop(), which comes when they have ended. */
function ask_rates_of(perchd, after_ms) {
  const from = performance.now() + after_ms;
  const samples = [];
  const timer = setInterval(() => {
    const told = perchd.process.lines.findLast((line) => /main_kbps=/.test(line));
    if (told && performance.now() >= from) samples.push(told.match(/main_kbps=(\d+) low_kbps=(\d+)/).slice(1).map(Number));
  }, kSample_ms);
  return {
    stop() {
      clearInterval(timer);
      const watched = samples.slice(0, -5); // the first goodbye was before its program's end
      const mean = (i) => watched.reduce((sum, rates) => sum + rates[i], 0) / watched.length;
      return { main: mean(0), low: mean(1), two_encodes: watched.every((rates) => Math.min(...rates) > 0) };
    },
  };
}
