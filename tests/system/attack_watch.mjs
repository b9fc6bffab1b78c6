// What a viewer sees and the agent uses while something happens to the camera.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { built_program } from '../browser/harness/paths.mjs';
import { cpu_ns, resident_kb } from '../browser/harness/proc.mjs';
import { MqttPeer } from '../browser/harness/mqtt_peer.mjs';
import { Child } from '../browser/harness/process.mjs';

export const kAddress = '127.0.0.2';
export const receiver_program = () => built_program('perch_receiver');

/** {frames, ms} of a line of the viewer's progress, or null. */
function progress_in(line) {
  const found = /^frames=(\d+) ms=(\d+)$/.exec(line);
  return found && { frames: Number(found[1]), ms: Number(found[2]) };
}

/** Options of perch_receiver and perch_churn for a sealed camera: links of its `guests` (all of them, unless named), in a file
 *  because a command line is for everybody to read; none for a camera that nobody was invited to. */
export function invitations(perchd, guests = Object.keys(perchd.invitations)) {
  if (guests.length === 0) return [];
  const file = join(perchd.dir, `invitations-${guests.length}-${guests[0]}`);
  writeFileSync(file, guests.map((guest) => `${perchd.invitations[guest].link}\n`).join(''), { mode: 0o600 });
  return ['--invitations', file];
}

/** `count` light viewers of the camera, watching when this resolves; `guests` as above. */
export async function watch(world, perchd, { count = 1, seconds = 3600, guests } = {}) {
  const args = ['--broker', world.broker.mqtt_url, '--camera', perchd.id, '--viewers', count, '--seconds', seconds, '--progress', '--local-address', kAddress, ...invitations(perchd, guests)];
  const child = new Child('perch_receiver', receiver_program(), args.map(String));
  await child.wait_for_line(/^frames=/, { timeout_ms: 20_000 });
  return child;
}

/** As watch(), while the broker writes down what the viewer says: {viewer, offer}, the latter as {topic, payload}. */
export async function watch_overheard(world, perchd) {
  const ear = await MqttPeer.connect(world.broker, { camera: perchd.id });
  await ear.client.subscribeAsync(`${ear.prefix}/${perchd.id}/in/#`, { qos: 1 });
  const viewer = await watch(world, perchd);
  const { topic, body } = ear.received.find((message) => message.topic.endsWith('/offer'));
  await ear.close(); // who goes on listening would be flooded too
  return { viewer, offer: { topic, payload: JSON.stringify(body) } };
}

export async function stop_watching(viewer) {
  viewer.kill_now();
  await viewer.ended;
}

/** Bytes that the process has read: from the broker, in the main, because datagrams are received and not counted here. */
export const bytes_read = (pid) => Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))[1]);

/** Frames per second, CPU and memory of the agent while `body` runs; frames from the viewer's first to its last line meanwhile. */
export async function measured(perchd, viewer, body) {
  const mark = viewer.mark();
  const before = { cpu: cpu_ns(perchd.pid), rss_kb: resident_kb(perchd.pid), at: performance.now() };
  const result = await body();
  const elapsed_s = (performance.now() - before.at) / 1000;
  const cpu_s = (cpu_ns(perchd.pid) - before.cpu) / 1e9;
  const told = viewer.lines.slice(mark).map(progress_in).filter(Boolean);
  if (told.length < 3) throw new Error(`the viewer to see pictures\n${viewer.tail()}`);
  return {
    result,
    elapsed_s,
    fps: (told.at(-1).frames - told[0].frames) / ((told.at(-1).ms - told[0].ms) / 1000),
    cpu_s,
    cpu_percent: (cpu_s / elapsed_s) * 100,
    rss_growth_kb: resident_kb(perchd.pid) - before.rss_kb,
  };
}
