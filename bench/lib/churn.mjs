// Viewers who come and go a thousand times: what stays behind in the agent.
import { bench, progress } from './bench.mjs';
import { built_program } from '../../tests/browser/harness/paths.mjs';
import { open_files, resident_kb, task_count } from '../../tests/browser/harness/proc.mjs';
import { Child } from '../../tests/browser/harness/process.mjs';
import { until, within } from '../../tests/browser/harness/wait.mjs';
import { invitations } from '../../tests/system/attack_watch.mjs';

const kAbout = `At a sealed camera viewers join and leave, eight at a time. Half of them say goodbye; of the others one in four each offers
and is never heard of again, shows another certificate than announced, answers DTLS with noise, or stops in the middle of the
pictures; besides, programs with ten watching viewers each are ended by SIGKILL. Memory, files and threads are read while nobody
watches and the camera is closed: after a warm-up of --warmup cycles of the same kind, and after --cycles more.`;
const kViewersPerKill = 10;
const kStep = 250; // cycles between two rests
const kAddress = '127.0.0.2';
// Names that take turns: of one name the camera begins 5 sessions in 10 s.
const kGuests = Object.fromEntries(Array.from({ length: 48 }, (_, i) => [`guest-${i}`, {}]));

const at_camera = (world, perchd) => ['--broker', world.broker.mqtt_url, '--camera', perchd.id, '--local-address', kAddress, ...invitations(perchd)];

async function come_and_go(world, perchd, cycles) {
  const child = new Child('perch_churn', built_program('perch_churn'), [...at_camera(world, perchd), '--cycles', String(cycles)]);
  const outcome = await within(child.ended, { what: 'perch_churn to end', timeout_ms: 60_000 + cycles * 1000, detail: () => child.tail() });
  if (outcome.code !== 0) throw new Error(`not every cycle went as it should\n${child.tail()}`);
  return JSON.parse(child.lines.at(-1));
}

/** Ten viewers watch, and their program is gone. */
async function killed(world, perchd) {
  const args = [...at_camera(world, perchd), '--viewers', String(kViewersPerKill), '--seconds', '60', '--progress'];
  const child = new Child('perch_receiver', built_program('perch_receiver'), args);
  await child.wait_for_line(/^frames=/, { timeout_ms: 30_000 });
  child.kill_now();
  await child.ended;
}

/** One round: `cycles` of them, a tenth by programs that are killed. */
async function round(world, perchd, peer, cycles) {
  const kills = Math.round(cycles / 10 / kViewersPerKill);
  const counts = await come_and_go(world, perchd, cycles - kills * kViewersPerKill);
  for (let i = 0; i < kills; i++) {
    await peer.until_state((state) => state.viewers + kViewersPerKill <= state.max_viewers, { timeout_ms: 60_000 });
    await killed(world, perchd);
  }
  return { cycles: counts.cycles + kills * kViewersPerKill, busy: counts.busy };
}

async function at_rest(perchd, peer) {
  await peer.until_state((state) => state.viewers === 0, { what: 'all viewers gone', timeout_ms: 60_000 });
  await perchd.until_camera_closed(60_000);
  // Links end a moment after their sessions, and those that never connected have 15 s.
  let before = '';
  return until(
    () => {
      const now = { rss_kb: resident_kb(perchd.pid), fds: open_files(perchd.pid), threads: task_count(perchd.pid) };
      const same = JSON.stringify(now) === before;
      before = JSON.stringify(now);
      return same && now.fds < 64 ? now : null;
    },
    { what: 'memory and files at rest', timeout_ms: 60_000, every_ms: 4000 },
  );
}

await bench('churn', kAbout, { cycles: 1000, warmup: 500 }, async (world, { cycles, warmup }) => {
  const config = { video: { linger_s: 1 }, access: { max_viewers: 64 }, ice: { local_addresses: [kAddress] } };
  const perchd = await world.start_perchd({ config, sealed: true, guests: kGuests });
  const peer = await world.connect_peer();
  await peer.until_state((state) => state.online);
  const fresh = await at_rest(perchd, peer);
  // In steps like those that count: the second opening of the camera, too, touches memory for the first time.
  let warm;
  for (let left = warmup; left > 0; left -= kStep) {
    await round(world, perchd, peer, Math.min(kStep, left));
    warm = await at_rest(perchd, peer);
  }
  progress(`after a warm-up of ${warmup} cycles: ${JSON.stringify(warm)}`);
  const started = performance.now();
  let done = { cycles: 0, busy: 0 };
  const rows = [];
  while (done.cycles < cycles) {
    const step = await round(world, perchd, peer, Math.min(kStep, cycles - done.cycles));
    done = { cycles: done.cycles + step.cycles, busy: done.busy + step.busy };
    const rest = await at_rest(perchd, peer);
    rows.push([done.cycles, rest.rss_kb, rest.fds, rest.threads]);
    progress(`${done.cycles} cycles: ${JSON.stringify(rest)}`);
  }
  const after = await at_rest(perchd, peer);
  const seconds = Math.round((performance.now() - started) / 1000);
  const crashes = perchd.process.alive ? 0 : 1;
  await perchd.stop();
  return {
    rows: [['cycles', 'RSS kB', 'files', 'threads'], ['before any', fresh.rss_kb, fresh.fds, fresh.threads], [`warm-up ${warmup}`, warm.rss_kb, warm.fds, warm.threads], ...rows],
    notes: [`${done.cycles} cycles in ${seconds} s; ${done.busy} times the camera was busy and the viewer came again`],
    figures: {
      cycles: done.cycles,
      rss_growth_kb: after.rss_kb - warm.rss_kb,
      fd_growth: after.fds - warm.fds,
      thread_growth: after.threads - warm.threads,
      crashes,
    },
  };
});
