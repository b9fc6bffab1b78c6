// The demo without a person: Chromium joins, and the pictures are judged by what arrived of them.
import { parseArgs } from 'node:util';
import { frame_rate, median, picture_fault, rounded, table, write_json } from '../../tests/browser/harness/figures.mjs';
import { with_world } from '../../tests/browser/harness/world.mjs';

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
async function join(world, link, screenshot) {
  const viewer = await world.open_viewer({ link });
  const first_frame_ms = await viewer.first_frame_ms({ timeout_ms: 30_000 });
  await viewer.start_probe();
  const samples = await viewer.until_samples(kFramesPerJoin, 30_000);
  const size = await viewer.page.evaluate(() => window.__probe.size);
  if (screenshot) await viewer.screenshot(screenshot);
  await viewer.close();
  return { first_frame_ms, samples, size };
}

function latencies(samples) {
  const by_bar_code = samples.map(({ latency }) => latency).filter((value) => value !== null);
  if (by_bar_code.length > 0) return by_bar_code;
  return samples.map(({ capture_latency }) => capture_latency).filter((value) => value !== null);
}

await with_world('demo-check', async (world) => {
  await world.start_broker();
  const perchd = await world.start_perchd({ sealed: true, config: { video: { source: options.source } } });
  const { link } = perchd.invite('demo');
  const joins = [];
  for (let left = Number(options.joins); left > 0; left--) joins.push(await join(world, link, left === 1 && options.screenshot));

  const figures = {
    source: options.source,
    joins: joins.length,
    size: joins.at(-1).size,
    first_frame_ms_median: rounded(median(joins.map(({ first_frame_ms }) => first_frame_ms))),
    latency_ms_median: rounded(median(joins.flatMap(({ samples }) => latencies(samples)))),
    fps_median: rounded(median(joins.map(({ samples }) => frame_rate(samples)))),
  };
  console.log(table([['figure', 'value'], ...Object.entries(figures).map(([name, value]) => [name, value ?? 'unknown'])]));
  if (options.json) write_json(options.json, figures);
  if (options.screenshot) console.log(`screenshot: ${options.screenshot}`);
  for (const { samples } of joins) {
    const reason = picture_fault(samples, { bar_code: options.source === 'pattern' });
    if (reason) throw new Error(reason);
  }
}).then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`demo: ${error.message}\n`);
    process.exit(1);
  },
);
