// A viewer behind a bad network: what is seen of it with perchd and, in the same run, with Chromium as the camera.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bench, progress } from './bench.mjs';
import { plot } from './impaired_plot.mjs';
import { rounded } from '../../tests/browser/harness/figures.mjs';
import { back_ms, kFreeze_ms, recovery_ms, summary } from '../../tests/browser/harness/impaired_figures.mjs';
import { ImpairedLab, kScenarios } from '../../tests/browser/harness/impaired_lab.mjs';
import { why_not_impaired } from '../../tests/browser/harness/impaired_net.mjs';
import { artifacts_dir } from '../../tests/browser/harness/paths.mjs';

const kAbout = `Camera and viewing page in two network namespaces, joined by perch_netsim: 2 to 0.5 Mbit/s at once, 5 % random loss both
ways for 60 s, 150 ms round trip, nothing at all for 10 s. A busy picture that needs 2 Mbit/s, its bar code read in the page:
every frame's time and age. The camera is perchd, and then Chromium with libwebrtc's congestion control (H.264 where it
can, VP8 otherwise) over the same link with the same seed. Plots are left in build/artifacts/impaired.
--only N runs the N-th scenario alone. Needs root.`;

const kCameras = { perch: 'Perch', chromium: 'Chromium' };
const ms = (value) => (value === null ? 'never' : (rounded(value, 0) ?? '-'));
const kPrefix = { perch: '', chromium: 'chromium_' };

await bench('impaired', kAbout, { width: 1280, height: 720, warm_up_s: 15, seed: 1, only: Infinity }, async (world, options) => {
  const reason = why_not_impaired();
  if (reason) throw new Error(reason);
  const lab = await ImpairedLab.open(world, options);
  const results = [];
  for (const [name, scenario] of chosen(options.only)) {
    for (const camera of Object.keys(kCameras)) {
      progress(`${scenario.about}, ${kCameras[camera]}`);
      const run = await lab.run(scenario, { camera, ...options });
      results.push({ name, scenario, camera, run, ...judged(run, scenario) });
    }
  }
  await lab.close();
  keep_plots(results);
  return { rows: rows_of(results), figures: figures_of(results), notes: notes_of(results, options) };
});

function chosen(only) {
  return Object.entries(kScenarios).filter((_, i) => only === Infinity || i + 1 === only);
}

function judged(run, { ends_s }) {
  const { from, to, frames } = run;
  return {
    ...summary(run, from, to),
    recover_ms: recovery_ms(frames, from + 1000 * (ends_s ?? 0), to),
    back_ms: ends_s ? back_ms(frames, from + 1000 * ends_s) : null,
  };
}

function rows_of(results) {
  return [
    ['', 'camera', 'longest freeze ms', `over ${kFreeze_ms} ms`, 'frozen ms', 'fps', 'age ms, median', 'p95', 'kbit/s', 'live again ms', 'back ms'],
    ...results.map((one) => [
      one.scenario.about,
      kCameras[one.camera],
      ms(one.longest_ms),
      one.freezes,
      ms(one.frozen_ms),
      rounded(one.fps),
      ms(one.latency_median),
      ms(one.latency_p95),
      rounded(one.kbps, 0),
      ms(one.recover_ms),
      one.scenario.ends_s ? ms(one.back_ms) : '-',
    ]),
  ];
}

/** Flat keys: SCENARIO_FIGURE for perchd, the same with chromium_ for the reference; null for "not within the run". */
function figures_of(results) {
  const wanted = {
    step: { longest_freeze_ms: 'longest_ms', recover_ms: 'recover_ms', fps: 'fps' },
    loss5: { freezes: 'freezes', longest_freeze_ms: 'longest_ms', latency_ms_median: 'latency_median', fps: 'fps' },
    rtt150: { longest_freeze_ms: 'longest_ms', latency_ms_median: 'latency_median', fps: 'fps' },
    blackout: { back_ms: 'back_ms' },
  };
  const entries = results.flatMap((one) =>
    Object.entries(wanted[one.name]).map(([key, field]) => [`${kPrefix[one.camera]}${one.name}_${key}`, one[field] === null ? null : rounded(one[field], field === 'fps' ? 1 : 0)]),
  );
  return Object.fromEntries(entries);
}

function notes_of(results, { width, height }) {
  const late = Math.max(...results.map(({ run }) => run.link.a_to_b.late_ms_max));
  const codecs = results.map(({ camera, run }) => `${kCameras[camera]} ${run.codec.replace('video/', '')}`);
  return [`${width}x${height} at 30 frames/s, ${[...new Set(codecs)].join(', ')}; the emulated link was at most ${rounded(late)} ms late`];
}

function keep_plots(results) {
  const folder = join(artifacts_dir, 'impaired');
  mkdirSync(folder, { recursive: true });
  for (const [name, scenario] of Object.entries(kScenarios)) {
    const runs = results.filter((one) => one.name === name).map(({ camera, run }) => ({ camera: kCameras[camera], ...run }));
    if (runs.length > 0) writeFileSync(join(folder, `${name}.svg`), plot(scenario, runs));
  }
}
