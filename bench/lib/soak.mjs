// An hour of everyday trouble: viewers come and go while broker and camera fail in turn; how soon all is well again.
import { copyFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { bench, progress } from './bench.mjs';
import { reference_stream } from './reference_stream.mjs';
import { median, rounded } from '../../tests/browser/harness/figures.mjs';
import { MqttPeer } from '../../tests/browser/harness/mqtt_peer.mjs';
import { open_files, resident_kb, task_count } from '../../tests/browser/harness/proc.mjs';
import { measuring_window, until } from '../../tests/browser/harness/wait.mjs';
import { Flood, forged, garbage } from '../../tests/system/attack_flood.mjs';
import { kAddress, receiver_program, stop_watching, watch } from '../../tests/system/attack_watch.mjs';

const kAbout = `Five places for invited viewers at a sealed camera: each watches for 10 to 60 s, leaves (every second one without a word) and comes again. Every
20 s one fault, in turn: broker killed, broker stopped, broker frozen for 5 s, camera lost (its film is cut short) and back, all
viewers killed at once, a flood of garbage and forgeries, the agent itself frozen for 3 s. Recovery is counted from when the cause is gone
until the camera says so again, and until a new viewer has pictures.`;
const kPlaces = ['place-1', 'place-2', 'place-3', 'place-4', 'place-5'];
const kProbe = 'probe'; // a viewer of our own
const kPause_ms = 20_000;
const kLimit_ms = 60_000;

/** The same numbers for the same seed (mulberry32). */
function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The `guest` comes and goes, until the `end`. */
async function come_and_go(world, perchd, guest, random, counts, watching, end) {
  while (!end.over) {
    const seconds = Math.round(10 + 50 * random());
    try {
      const viewer = await watch(world, perchd, { seconds, guests: [guest] });
      counts.joined++;
      watching.add(viewer);
      const rude = random() < 0.5;
      await Promise.race([viewer.ended, measuring_window(rude ? (seconds / 2) * 1000 : kLimit_ms * 2), end.reached]);
      watching.delete(viewer);
      if (viewer.alive) await stop_watching(viewer);
    } catch {
      counts.failed++; // during a fault there may be no broker or no picture
    }
    await measuring_window(500 + 2000 * random());
  }
}

/** A viewer of our own, new: from now until it has pictures [ms]. */
async function time_to_pictures(world, perchd) {
  const from = performance.now();
  for (;;) {
    try {
      const viewer = await watch(world, perchd, { seconds: 5, guests: [kProbe] });
      await viewer.wait_for_line(/^frames=[1-9]/, { timeout_ms: 10_000 });
      await stop_watching(viewer);
      return performance.now() - from;
    } catch (error) {
      if (performance.now() - from > kLimit_ms) throw error;
    }
  }
}

/** The camera's state as somebody sees it who connects now. */
async function state_seen(world, check) {
  return until(
    async () => {
      const peer = await MqttPeer.connect(world.broker, { viewer: 'soak' }).catch(() => null);
      if (!peer) return false;
      try {
        return await peer.until_state(check, { timeout_ms: 2000 }).catch(() => false);
      } finally {
        await peer.close();
      }
    },
    { what: 'the camera to be well again', timeout_ms: kLimit_ms },
  );
}

const well = (state) => state.online && state.camera === 'ok';

/** Each breaks something and mends what it broke; gives the time when the cause was gone. */
const kFaults = {
  'broker killed': async ({ world }) => {
    world.broker.process.kill_now();
    await world.broker.process.ended;
    await measuring_window(2000);
    await world.broker.resume();
    return performance.now();
  },
  'broker stopped': async ({ world }) => {
    await world.broker.stop();
    await measuring_window(2000);
    await world.broker.resume();
    return performance.now();
  },
  'broker frozen': async ({ world }) => {
    world.broker.process.kill('SIGSTOP');
    await measuring_window(5000);
    world.broker.process.kill('SIGCONT');
    return performance.now();
  },
  'camera lost': async ({ world, film }) => {
    truncateSync(film, 0);
    await state_seen(world, (state) => state.camera === 'lost');
    copyFileSync(reference_stream(), film);
    return performance.now();
  },
  'all viewers killed': async ({ watching }) => {
    for (const viewer of watching) viewer.kill_now();
    return performance.now();
  },
  'flood of garbage and forgeries': async ({ world }) => {
    const flood = await Flood.connect(world.broker);
    await flood.run({ shots: [...garbage({ viewer: kPlaces[0] }), ...forged({ viewer: kPlaces[0] })], seconds: 3 });
    flood.close();
    return performance.now();
  },
  'agent frozen': async ({ perchd }) => {
    perchd.process.kill('SIGSTOP');
    await measuring_window(3000);
    perchd.process.kill('SIGCONT');
    return performance.now();
  },
};

await bench('soak', kAbout, { minutes: 60, seed: 1 }, async (world, { minutes, seed }) => {
  receiver_program(); // a missing one is told now, not after an hour of viewers that failed
  const film = join(world.dir, 'film.h264');
  copyFileSync(reference_stream(), film);
  const config = { video: { source: `file:${film}` }, access: { max_viewers: 24 }, ice: { local_addresses: [kAddress] } };
  const guests = Object.fromEntries([...kPlaces, kProbe].map((name) => [name, {}]));
  const perchd = await world.start_perchd({ config, sealed: true, guests });
  const pid = perchd.pid;
  const random = seeded(seed);
  const counts = { joined: 0, failed: 0, not_recovered: 0 };
  const stop_at = performance.now() + minutes * 60_000;
  const end = { over: false };
  end.reached = new Promise((resolve) => (end.reach = resolve));
  const watching = new Set();
  const places = kPlaces.map((guest) => come_and_go(world, perchd, guest, random, counts, watching, end));
  const recoveries = Object.fromEntries(Object.keys(kFaults).map((name) => [name, []]));
  const sample = () => ({ rss_kb: resident_kb(pid), fds: open_files(pid), threads: task_count(pid) });
  await measuring_window(Math.min(kPause_ms, minutes * 6_000));
  const before = sample();
  for (let i = 0; performance.now() < stop_at; i++) {
    const name = Object.keys(kFaults)[i % Object.keys(kFaults).length];
    try {
      const cause_gone = await kFaults[name]({ world, perchd, film, watching });
      await state_seen(world, well);
      const signaling_ms = performance.now() - cause_gone;
      const pictures_ms = await time_to_pictures(world, perchd);
      recoveries[name].push({ signaling_ms, pictures_ms });
      progress(`${name}: well after ${rounded(signaling_ms, 0)} ms, pictures ${rounded(pictures_ms, 0)} ms later; ${JSON.stringify(sample())}`);
    } catch (error) {
      counts.not_recovered++;
      progress(`${name}: not well after ${kLimit_ms} ms: ${error.message}`);
    }
    if (!perchd.process.alive) throw new Error(`perchd has ended\n${perchd.process.tail(40)}`);
    await measuring_window(kPause_ms);
  }
  end.over = true;
  end.reach();
  await Promise.all(places);
  const peer = await world.connect_peer();
  await peer.until_state((state) => state.viewers === 0, { timeout_ms: kLimit_ms });
  await perchd.until_camera_closed(kLimit_ms);
  const after = sample();
  const crashes = perchd.pid === pid && perchd.process.alive ? 0 : 1;
  await perchd.stop();
  const times = (name, key) => recoveries[name].map((recovery) => recovery[key]);
  const done = Object.keys(kFaults).filter((name) => recoveries[name].length > 0);
  return {
    rows: [
      ['fault', 'times', 'camera well after ms, median / worst', 'then pictures after ms, median / worst'],
      ...done.map((name) => [name, recoveries[name].length, ...['signaling_ms', 'pictures_ms'].map((key) => `${rounded(median(times(name, key)), 0)} / ${rounded(Math.max(...times(name, key)), 0)}`)]),
    ],
    notes: [`${counts.joined} joins, ${counts.failed} that found no broker or no picture during a fault; ${JSON.stringify(before)} -> ${JSON.stringify(after)}`],
    figures: {
      minutes,
      crashes,
      faults: counts.not_recovered + done.reduce((sum, name) => sum + recoveries[name].length, 0),
      faults_not_recovered: counts.not_recovered,
      joins: counts.joined,
      worst_recovery_ms: rounded(Math.max(...done.flatMap((name) => times(name, 'signaling_ms'))), 0),
      worst_time_to_pictures_ms: rounded(Math.max(...done.flatMap((name) => times(name, 'pictures_ms'))), 0),
      rss_growth_kb: after.rss_kb - before.rss_kb,
      fd_growth: after.fds - before.fds,
      thread_growth: after.threads - before.threads,
    },
  };
});
