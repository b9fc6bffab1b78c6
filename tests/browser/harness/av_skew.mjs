// Flash against beep, as they come out of a viewer's page: how far the sound lags behind the picture.
import { median, percentile } from './figures.mjs';
import { install_flash_probe, install_sound_probe } from './sound_probe.mjs';
import { until } from './wait.mjs';

/** Turns the sound of a viewer on and observes flashes and beeps for `duration_ms`; see skew_of() for the result. */
export async function observe_skew(viewer, duration_ms) {
  await viewer.page.click('perch-camera >> [data-do=mute]');
  await until(async () => (await viewer.inbound_audio()).packetsReceived > 50, { what: 'sound to arrive', timeout_ms: 30_000 });
  await viewer.page.evaluate(install_sound_probe);
  await viewer.page.evaluate(install_flash_probe);
  await new Promise((resolve) => setTimeout(resolve, duration_ms)); // the observation itself
  return skew_of(await viewer.page.evaluate(() => ({ flashes: window.__flashes, beeps: window.__sound.beeps })));
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
