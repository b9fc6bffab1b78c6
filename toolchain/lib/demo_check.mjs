// The demo without a person: Chromium joins, and the pictures are judged by what arrived of them.
import { parseArgs } from 'node:util';
import { frameNumbers, frameRate, median, rounded, table, writeJson } from '../../tests/browser/harness/figures.mjs';
import { withWorld } from '../../tests/browser/harness/world.mjs';

const kFramesPerJoin = 45;

const { values: options } = parseArgs({
  options: {
    source: { type: 'string', default: 'auto' },
    joins: { type: 'string', default: '5' },
    screenshot: { type: 'string' },
    json: { type: 'string' },
  },
});

/** One join by a fresh page: its first-frame time and what its probe saw. */
async function join(world, screenshot) {
  const viewer = await world.openViewer();
  const first_frame_ms = await viewer.firstFrameMs({ timeout_ms: 30_000 });
  await viewer.startProbe();
  const samples = await viewer.untilSamples(kFramesPerJoin, 30_000);
  const size = await viewer.page.evaluate(() => window.__probe.size);
  if (screenshot) await viewer.screenshot(screenshot);
  await viewer.close();
  return { first_frame_ms, samples, size };
}

/** Why these are not moving, decodable pictures; null when they are. */
function fault(samples) {
  const moved = samples.filter(({ motion }) => motion > 0).length;
  if (moved < samples.length / 4) return `the picture stands still: ${moved} of ${samples.length} frames differ from the one before`;
  const numbers = frameNumbers(samples);
  const bars = samples.filter(({ frame }) => frame !== null).length;
  if (bars === 0) return options.source === 'pattern' ? 'no frame carries a readable bar code' : null;
  if (bars < 0.9 * samples.length) return `only ${bars} of ${samples.length} frames carry a readable bar code`;
  if (numbers.distinct < 0.8 * bars) return `frame numbers do not advance: ${numbers.distinct} different ones in ${bars} frames`;
  return null;
}

function latencies(samples) {
  const by_bar_code = samples.map(({ latency }) => latency).filter((value) => value !== null);
  if (by_bar_code.length > 0) return by_bar_code;
  return samples.map(({ capture_latency }) => capture_latency).filter((value) => value !== null);
}

await withWorld('demo-check', async (world) => {
  await world.startBroker();
  await world.startPerchd({ config: { video: { source: options.source } } });
  const joins = [];
  for (let left = Number(options.joins); left > 0; left--) joins.push(await join(world, left === 1 && options.screenshot));

  const figures = {
    source: options.source,
    joins: joins.length,
    size: joins.at(-1).size,
    first_frame_ms_median: rounded(median(joins.map(({ first_frame_ms }) => first_frame_ms))),
    latency_ms_median: rounded(median(joins.flatMap(({ samples }) => latencies(samples)))),
    fps_median: rounded(median(joins.map(({ samples }) => frameRate(samples)))),
  };
  console.log(table([['figure', 'value'], ...Object.entries(figures).map(([name, value]) => [name, value ?? 'unknown'])]));
  if (options.json) writeJson(options.json, figures);
  if (options.screenshot) console.log(`screenshot: ${options.screenshot}`);
  for (const { samples } of joins) {
    const reason = fault(samples);
    if (reason) throw new Error(reason);
  }
}).then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`demo: ${error.message}\n`);
    process.exit(1);
  },
);
