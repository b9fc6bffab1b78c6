// A browser whose network becomes far too slow for what the others watch gets the small encode, says so, and comes back to
// the large one when its network does; another viewer sees the large one all the time.
// needs: chromium
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { FarReceiver, media_addresses } from '../browser/harness/far_receivers.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { ImpairedNet, kMedia, kSignaling } from '../browser/harness/impaired_net.mjs';
import { install_impaired_probe } from '../browser/harness/impaired_probe.mjs';
import { chromium_path } from '../browser/harness/paths.mjs';
import { PipedChromium } from '../browser/harness/piped_chromium.mjs';
import { StampedFilm } from '../browser/harness/stamped_film.mjs';
import { Viewer } from '../browser/harness/viewer.mjs';
import { until } from '../browser/harness/wait.mjs';
import { skip_where_impossible } from './impaired.mjs';

const kLarge = { width: 960, height: 540, fps: 30 };
const kSlow_s = 15; // how long the network carries 300 kbit/s
const kOther_s = 120;

const picture_of = (viewer) => viewer.page.evaluate(() => {
  const [player] = window.__perch.players;
  return { width: player.video.videoWidth, notice: player.picture };
});

/** Waits until the page shows a picture of that width and was told why; the time that took [s]. */
async function until_picture(viewer, wanted, timeout_s) {
  const from = performance.now();
  let seen;
  await until(async () => {
    seen = await picture_of(viewer);
    return seen.width === wanted.width && seen.notice === wanted.notice;
  }, { what: `a picture like ${JSON.stringify(wanted)}`, detail: () => JSON.stringify(seen), timeout_ms: timeout_s * 1000 });
  return (performance.now() - from) / 1000;
}

skip_where_impossible();
await browser_test('tier_switch', async (world) => {
  const path = existsSync('/dev/shm') ? `/dev/shm/perch-film-${process.pid}.y4m` : join(world.dir, 'film.y4m');
  process.on('exit', () => rmSync(path, { force: true }));
  const film = StampedFilm.start({ path, ...kLarge });
  const net = await ImpairedNet.create({ dir: world.dir });
  await world.start_broker({ listen: kSignaling.here, mqtt_listen: kSignaling.here });
  const other = await FarReceiver.create(world, 1, { to_there: 'rate=10000,delay=5', to_here: 'delay=5' });
  const perchd = await world.start_perchd({ config: { video: { source: `file:${path}`, ...kLarge, max_bitrate: 1_500_000 }, ice: { local_addresses: [kMedia.here, ...media_addresses(1)] } } });
  const far = await PipedChromium.start({ dir: join(world.dir, 'far'), program: net.launcher(chromium_path()) });
  const link = await net.start_link({ to_there: `rate=6000+300@0+6000@${kSlow_s},delay=20`, to_here: 'delay=20' });
  other.watch({ camera: perchd.id, seconds: kOther_s, window: kOther_s - 10 });

  const viewer = await Viewer.open(far, world.broker);
  await viewer.first_frame_ms({ timeout_ms: 30_000 });
  await until_picture(viewer, { width: kLarge.width, notice: 'full' }, 15);
  await viewer.page.evaluate(install_impaired_probe, {});

  await link.begin();
  const down_s = await until_picture(viewer, { width: 640, notice: 'low' }, kSlow_s);
  await until(async () => (await picture_of(viewer)).width === kLarge.width, { what: 'the large picture again', timeout_ms: 75_000 });
  const up_s = await until_picture(viewer, { width: kLarge.width, notice: 'full' }, 5);
  await viewer.until_frames_advance({ count: 60 });
  const { frames } = await viewer.page.evaluate(() => window.__observed);
  const gaps = frames.slice(1).map(({ at }, i) => at - frames[i].at);
  fact(`small after ${rounded(down_s)} s, the word for the large one came ${rounded(up_s)} s after it; longest gap ${rounded(Math.max(...gaps))} ms`);
  // The network becomes twenty times narrower at once; what is queued there has to drain first.
  expect(Math.max(...gaps) <= 2000, `a picture every 2 s at least, but ${rounded(Math.max(...gaps))} ms`);

  other.receiver.kill('SIGINT');
  await viewer.close();
  await far.stop();
  await link.stop();
  await other.stop();
  await perchd.stop();
  await film.stop();
  await net.stop();
});
