// Sender cost: CPU milliseconds per viewer-second at 1, 5, 10 and 25 viewers of one pre-encoded stream.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bench, progress } from './bench.mjs';
import { reference_stream } from './reference_stream.mjs';
import { median, rounded } from '../../tests/browser/harness/figures.mjs';
import { built_program } from '../../tests/browser/harness/paths.mjs';
import { cpu_ns, resident_kb, task_count } from '../../tests/browser/harness/proc.mjs';
import { Child } from '../../tests/browser/harness/process.mjs';
import { measuring_window, within } from '../../tests/browser/harness/wait.mjs';

const kViewers = [1, 5, 10, 25];
const kAbout = `perchd alone on CPU 0 sends a file of 1280x720p30 H.264 at 2 Mbit/s (so no encoding is counted); all viewers live in one
light receiver on CPU 1. CPU time is the sum of /proc/PID/task/*/schedstat over a window in which all viewers receive.
A fresh perchd for each number of viewers, the numbers interleaved within each repetition, the minimum of the repetitions.
Before anything counts, Chromium has to decode the stream.`;

async function check_decoding(world, source) {
  const perchd = await world.start_perchd({ name: 'perchd-decode', config: { video: { source } } });
  const viewer = await world.open_viewer();
  await viewer.first_frame_ms({ timeout_ms: 30_000 });
  await viewer.until_frames_advance({ count: 60 });
  const { inbound } = await viewer.stats();
  await viewer.close();
  await world.chromium.stop();
  await perchd.stop();
  return inbound;
}

function start_receiver(world, perchd, count, seconds, json) {
  const args = ['--broker', world.broker.mqtt_url, '--camera', perchd.id, '--viewers', count, '--seconds', seconds];
  return new Child('perch_receiver', 'taskset', ['-c', '1', built_program('perch_receiver'), ...args.map(String), '--local-address', '127.0.0.2', '--json', json]);
}

/** One measurement: CPU of a fresh perchd over `seconds` with `count` viewers, and what the viewers got. */
async function measure_once(world, source, count, seconds, repetition) {
  const name = `perchd-${count}-${repetition}`;
  const config = { video: { source }, access: { max_viewers: 32 }, ice: { local_addresses: ['127.0.0.2'] } };
  const perchd = await world.start_perchd({ name, config, pin_to: 0 });
  const peer = await world.connect_peer();
  const json = join(world.dir, `${name}.json`);
  const receiver = start_receiver(world, perchd, count, seconds + 4, json);
  await peer.until_state((state) => state.viewers === count, { what: `${count} viewers on the camera`, timeout_ms: 60_000 });
  await peer.close();

  const before = { cpu: cpu_ns(perchd.pid), at: performance.now() };
  await measuring_window(seconds * 1000);
  const elapsed_s = (performance.now() - before.at) / 1000;
  const result = {
    cpu_ms_per_viewer_s: (cpu_ns(perchd.pid) - before.cpu) / 1e6 / elapsed_s / count,
    rss_kb: resident_kb(perchd.pid),
    threads: task_count(perchd.pid),
  };
  if (!receiver.alive) throw new Error(`the receiver ended before the window did\n${receiver.tail()}`);
  const outcome = await within(receiver.ended, { what: 'the receiver to end', timeout_ms: (seconds + 30) * 1000, detail: () => receiver.tail() });
  if (outcome.code !== 0) throw new Error(`the receiver failed\n${receiver.tail()}`);
  await perchd.stop();
  return { ...result, received: summary(JSON.parse(readFileSync(json, 'utf8')), count) };
}

/** Packets per viewer and second, lost in all, offer -> first RTP. Every viewer must have received. */
function summary({ viewers, seconds }, count) {
  if (viewers.length !== count || viewers.some(({ packets }) => packets === 0)) throw new Error(`not every viewer received: ${JSON.stringify(viewers)}`);
  return {
    packets_per_s: median(viewers.map(({ packets }) => packets)) / seconds,
    lost: viewers.reduce((sum, { lost }) => sum + lost, 0),
    first_rtp_ms: median(viewers.map(({ first_rtp_ms }) => first_rtp_ms)),
  };
}

await bench('viewers', kAbout, { seconds: 15, repetitions: 3 }, async (world, { seconds, repetitions }) => {
  progress('the reference stream');
  const source = `file:${reference_stream()}`;
  const decoded = await check_decoding(world, source);
  progress(`Chromium decodes it: ${decoded.framesDecoded} frames, ${decoded.packetsLost} packets lost`);

  const runs = Object.fromEntries(kViewers.map((count) => [count, []]));
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    for (const count of kViewers) {
      const run = await measure_once(world, source, count, seconds, repetition);
      runs[count].push(run);
      progress(`${count} viewers: ${rounded(run.cpu_ms_per_viewer_s, 2)} ms per viewer-second, ${rounded(run.received.packets_per_s, 0)} packets/s each, ${run.received.lost} lost`);
    }
  }
  const least = (count) => Math.min(...runs[count].map((run) => run.cpu_ms_per_viewer_s));
  const middle = (count, pick) => median(runs[count].map(pick));
  const rss_kb_per_viewer = (middle(25, (run) => run.rss_kb) - middle(1, (run) => run.rss_kb)) / 24;
  return {
    rows: [
      ['viewers', 'CPU ms per viewer-s', 'packets/s each', 'lost', 'first RTP ms', 'RSS kB', 'threads'],
      ...kViewers.map((count) => [
        count,
        rounded(least(count), 2),
        rounded(middle(count, (run) => run.received.packets_per_s), 0),
        runs[count].reduce((sum, run) => sum + run.received.lost, 0),
        rounded(middle(count, (run) => run.received.first_rtp_ms)),
        middle(count, (run) => run.rss_kb),
        middle(count, (run) => run.threads),
      ]),
    ],
    notes: [`${rounded(rss_kb_per_viewer, 0)} kB per further viewer`],
    figures: {
      ...Object.fromEntries(kViewers.map((count) => [`cpu_ms_per_viewer_s_${count}`, rounded(least(count), 3)])),
      rss_kb_per_viewer: rounded(rss_kb_per_viewer, 0),
      threads_1: middle(1, (run) => run.threads),
      threads_25: middle(25, (run) => run.threads),
      packets_per_s_25: rounded(middle(25, (run) => run.received.packets_per_s), 0),
      first_rtp_ms_median_1: rounded(middle(1, (run) => run.received.first_rtp_ms)),
    },
  };
});
