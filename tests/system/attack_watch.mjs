// What a viewer sees and the agent uses while something happens to the camera.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build_dir } from '../browser/harness/paths.mjs';
import { cpu_ns, resident_kb } from '../browser/harness/proc.mjs';
import { Child } from '../browser/harness/process.mjs';

export const kAddress = '127.0.0.2';
const frames_of = (line) => Number(/^frames=(\d+)/.exec(line)?.[1]);

/** `count` light viewers of the camera, watching when this resolves. */
export async function watch(world, perchd, { count = 1, seconds = 3600 } = {}) {
  const program = join(build_dir, 'perch_receiver');
  if (!existsSync(program)) throw new Error(`${program} is not built: cmake --build --preset release --target perch_receiver`);
  const args = ['--broker', world.broker.mqtt_url, '--camera', perchd.id, '--viewers', count, '--seconds', seconds, '--progress', '--local-address', kAddress];
  const child = new Child('perch_receiver', program, args.map(String));
  await child.wait_for_line(/^frames=/, { timeout_ms: 20_000 });
  return child;
}

export async function stop_watching(viewer) {
  viewer.kill_now();
  await viewer.ended;
}

/** Frames per second, CPU and memory of the agent while `body` runs; seconds are whole ones as the viewer counts them. */
export async function measured(perchd, viewer, body) {
  const mark = viewer.mark();
  const before = { cpu: cpu_ns(perchd.pid), rss_kb: resident_kb(perchd.pid), at: performance.now() };
  const result = await body();
  const elapsed_s = (performance.now() - before.at) / 1000;
  const cpu_s = (cpu_ns(perchd.pid) - before.cpu) / 1e9;
  const counts = viewer.lines.slice(mark).map(frames_of).filter(Number.isFinite);
  if (counts.length < 3) throw new Error(`the viewer to see pictures\n${viewer.tail()}`);
  return {
    result,
    fps: (counts.at(-1) - counts[0]) / (counts.length - 1),
    cpu_s,
    cpu_percent: (cpu_s / elapsed_s) * 100,
    rss_growth_kb: resident_kb(perchd.pid) - before.rss_kb,
  };
}
