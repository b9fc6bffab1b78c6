// Age of the picture when a page can read it: the capture time burnt into each frame against the page's clock.
import { bench, progress } from './bench.mjs';
import { measuring_window } from '../../tests/browser/harness/wait.mjs';
import { frame_numbers, frame_rate, median, percentile, picture_fault, rounded } from '../../tests/browser/harness/figures.mjs';

const kAbout = `One viewer in Chromium, test pattern 1280x720p30 encoded live. Each presented frame's bar code is read back from a
canvas and compared with the clock at that moment; both are on this machine, so there is one clock.
"by RTP" is the same by the capture time the browser derives from sender reports: a check of the first by other means.`;

const known = (values) => values.filter((value) => value !== null);

await bench('latency', kAbout, { seconds: 20 }, async (world, { seconds }) => {
  await world.start_perchd();
  const viewer = await world.open_viewer();
  await viewer.first_frame_ms({ timeout_ms: 30_000 });
  await viewer.start_probe();
  const fault = picture_fault(await viewer.until_samples(60, 30_000), { bar_code: true });
  if (fault) throw new Error(fault);
  const before = (await viewer.stats()).inbound;
  await viewer.start_probe({ motion: false });
  progress(`measuring for ${seconds} s`);
  await measuring_window(seconds * 1000);
  const samples = await viewer.samples();
  const after = (await viewer.stats()).inbound;

  const latency = known(samples.map((sample) => sample.latency));
  const by_rtp = known(samples.map((sample) => sample.capture_latency));
  const held_ms = (1000 * (after.jitterBufferDelay - before.jitterBufferDelay)) / (after.jitterBufferEmittedCount - before.jitterBufferEmittedCount);
  const row = (name, values) => [name, values.length, rounded(median(values)) ?? '-', rounded(percentile(values, 95)) ?? '-'];
  return {
    rows: [['latency [ms]', 'frames', 'median', 'p95'], row('bar code', latency), row('by RTP', by_rtp)],
    notes: [`${rounded(frame_rate(samples))} frames/s, ${frame_numbers(samples).skipped} frames skipped, held ${rounded(held_ms)} ms in the jitter buffer`],
    figures: {
      latency_ms_median: rounded(median(latency)),
      latency_ms_p95: rounded(percentile(latency, 95)),
      latency_by_rtp_ms_median: rounded(median(by_rtp)),
      jitter_buffer_ms_mean: rounded(held_ms),
      fps: rounded(frame_rate(samples)),
    },
  };
});
