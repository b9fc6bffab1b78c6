// Flash against beep, as they come out of a viewer's page: how far the sound lags behind the picture.
import { median, percentile } from './figures.mjs';
import { install_flash_probe, install_sound_probe } from './sound_probe.mjs';
import { until } from './wait.mjs';

const kGraph_ms = 5000; // how long one audio graph of the probe serves

/**
 * Turns the sound of a viewer on and observes flashes and beeps for `duration_ms`; see skew_of() for the result. A browser
 * whose machine had a hiccup lines sound and picture up again, which takes it half a minute: with a limit `within_ms` the
 * observation goes on until the last `duration_ms` of it kept that, for `patience_ms` at most.
 */
export async function observe_skew(viewer, duration_ms, { within_ms = Infinity, patience_ms = duration_ms } = {}) {
  await viewer.page.click('perch-camera >> [data-do=mute]');
  await until(async () => (await viewer.inbound_audio()).packetsReceived > 50, { what: 'sound to arrive', timeout_ms: 30_000 });
  await viewer.page.evaluate(install_flash_probe);
  const began = performance.now();
  for (;;) {
    await viewer.page.evaluate(install_sound_probe);
    await new Promise((resolve) => setTimeout(resolve, Math.min(kGraph_ms, duration_ms))); // the observation itself
    const passed = performance.now() - began;
    if (passed < duration_ms) continue;
    const skew = skew_of(await seen_since(viewer, duration_ms));
    if (skew.absolute_median <= within_ms || passed >= patience_ms) return skew;
  }
}

/** What the probes saw in the last `duration_ms`. */
function seen_since(viewer, duration_ms) {
  return viewer.page.evaluate((length) => {
    const from = performance.now() - length;
    return { flashes: window.__flashes.filter((at) => at > from), beeps: window.__sound.beeps };
  }, duration_ms);
}

/**
 * Pairs each flash with the beep nearest to it. `skews`: how much later the beep was [ms] (negative: earlier), `median`
 * of them with its sign, `absolute_median`, `p95` of their absolutes.
 */
export function skew_of({ flashes, beeps }) {
  const nearest = (at) => beeps.reduce((best, beep) => (Math.abs(beep.at - at) < Math.abs(best - at) ? beep.at : best), Infinity);
  const skews = flashes.map((at) => nearest(at) - at).filter((skew) => Math.abs(skew) < 450);
  const absolute = skews.map(Math.abs);
  return { skews, pairs: skews.length, median: median(skews), absolute_median: median(absolute), p95: percentile(absolute, 95) };
}
