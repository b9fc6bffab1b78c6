// Picture and sound of the same event stay together in the browser, also on a sound card whose clock is off by 200 ppm.
// needs: chromium
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { observe_skew } from '../browser/harness/av_skew.mjs';
import { with_guest } from './guest.mjs';
import { kPatience_ms } from './watch.mjs';

const config = { video: { source: '/dev/video9', width: 320, height: 180, linger_s: 1 }, audio: { source: 'alsa:hw:Loopback,1,0' } };
const kObserve_s = Number(process.env.PERCH_AV_SYNC_S ?? 20); // bench/paths looks for longer

const kPatience_s = 2 * kObserve_s;

async function watch(world, ppm, limit) {
  const viewer = await world.open_viewer({ probes_need_scripts: true });
  await viewer.first_frame_ms({ timeout_ms: kPatience_ms });
  const skew = await observe_skew(viewer, kObserve_s * 1000, { within_ms: limit, patience_ms: kPatience_s * 1000 });
  fact(`${ppm} ppm: sound ${rounded(skew.median)} ms after the picture (median of ${skew.pairs}), p95 ${rounded(skew.p95)} ms`);
  await viewer.close();
  return skew;
}

// A guest and a page of their own: what a machine without a free processor stamped late at their start stays late.
async function skew_at(world, ppm, limit) {
  let skew;
  process.env.PERCH_PPM = String(ppm);
  await with_guest(world, { camera: 'flash_and_beep', config }, async () => (skew = await watch(world, ppm, limit)));
  return skew;
}

await browser_test('av_sync', async (world) => {
  for (const ppm of [0, 200, -200]) {
    const limit = ppm === 0 ? 30 : 40;
    let skew = await skew_at(world, ppm, limit);
    if (!(skew.absolute_median <= limit)) skew = await skew_at(world, ppm, limit);
    expect(skew.pairs > kObserve_s / 2, `most flashes with their beeps, not ${skew.pairs}`);
    expect(skew.absolute_median <= limit, `within ${limit} ms: ${skew.skews.map((one) => rounded(one))}`);
  }
});
