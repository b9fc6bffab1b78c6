// How long a viewer sees no new picture when the agent is restarted, killed, or hangs; and how soon it is ready again.
import { bench, progress } from './bench.mjs';
import { rounded } from '../../tests/browser/harness/figures.mjs';
import { agent_pid, kReady, restart, supervised } from '../../tests/browser/harness/supervised.mjs';

const kAbout = `Chromium watches the test pattern at 640x360p30 while a small service manager restarts the agent: in order (SIGTERM, as systemctl restart
does), by SIGKILL, and by its watchdog of two seconds after SIGSTOP. The gap is the longest time between two pictures on screen around
it, of each viewer. Ready: from the start of the process to READY=1. The manager starts again at once; a unit's RestartSec comes on top
after a kill. The pages are small, 320x180: ten Chromium windows drawn without a GPU keep two cores busy by themselves, and it is not
their drawing that is measured.`;

const kWindow = { width: 320, height: 180 };

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const kWatchdog_s = 2;

/** Leaves window.__gaps: take() gives the longest time between two pictures since the last call, or null before there were ten since. */
function watch_gaps() {
  const video = window.__perch.players[0].video;
  const seen = [];
  const on_frame = (now) => {
    seen.push(now);
    video.requestVideoFrameCallback(on_frame);
  };
  video.requestVideoFrameCallback(on_frame);
  window.__gaps = {
    longest: () => Math.max(0, ...seen.slice(1).map((at, i) => at - seen[i])),
    reset: () => seen.splice(0, seen.length - 1),
  };
}

async function join(world) {
  const viewer = await world.open_viewer({ viewport: kWindow });
  await viewer.first_frame_ms({ timeout_ms: 30_000 });
  await viewer.page.evaluate(watch_gaps);
  return viewer;
}

/** Does `disturb` to the agent while these watch; the gap of each [ms]. */
async function gaps(perchd, viewers, disturb) {
  await Promise.all(viewers.map((viewer) => viewer.until_frames_advance({ count: 75, timeout_ms: 30_000 }))); // a stream that is well
  const before = await Promise.all(viewers.map((viewer) => viewer.player()));
  await Promise.all(viewers.map((viewer) => viewer.page.evaluate(() => window.__gaps.reset())));
  const mark = perchd.process.mark();
  disturb();
  await perchd.process.wait_for_line(kReady, { what: 'the agent to be ready again', from: mark, timeout_ms: 30_000 });
  return Promise.all(viewers.map(async (viewer, i) => {
    await viewer.until((player) => player?.session && player.session !== before[i].session && player.marks.first_frame, { what: 'a picture in a new session', timeout_ms: 60_000 });
    await viewer.until_frames_advance({ count: 15, timeout_ms: 30_000 });
    return viewer.page.evaluate(() => window.__gaps.longest());
  }));
}

async function repeat(count, what, once) {
  const all = [];
  for (let i = 0; i < count; i++) {
    const some = await once();
    progress(`${what} ${i + 1} of ${count}: ${some.map((ms) => rounded(ms, 0)).join(' ')} ms`);
    all.push(...some);
  }
  return all;
}

await bench('restart_gap', kAbout, { restarts: 20, many: 10, many_restarts: 5, kills: 5, hangs: 3 }, async (world, options) => {
  const video = { width: 640, height: 360, max_bitrate: 800_000 };
  const config = { video, access: { max_viewers: options.many + 2 } };
  const perchd = await world.start_perchd({ config, command: supervised(kWatchdog_s) });
  const first = await join(world);
  const signal = (name) => () => process.kill(agent_pid(perchd), name);
  const one = await repeat(options.restarts, 'restart', () => gaps(perchd, [first], () => restart(perchd)));
  const killed = await repeat(options.kills, 'kill', () => gaps(perchd, [first], signal('SIGKILL')));
  const hung = await repeat(options.hangs, 'hang', () => gaps(perchd, [first], signal('SIGSTOP')));
  const all = [first];
  while (all.length < options.many) all.push(await join(world));
  const ten = await repeat(options.many_restarts, `restart with ${options.many}`, () => gaps(perchd, all, () => restart(perchd)));
  const ready = perchd.process.lines.map((line) => kReady.exec(line)?.[1]).filter(Boolean).map(Number);
  const row = (what, values) => [what, values.length, rounded(median(values), 0), rounded(Math.max(...values), 0)];
  return {
    rows: [
      ['', 'times', 'median ms', 'longest ms'],
      row('gap at a restart', one),
      row(`the same, ${options.many} viewers`, ten),
      row('gap at a kill -9', killed),
      row(`gap at a hang, watchdog of ${kWatchdog_s} s`, hung),
      row('start to ready', ready),
    ],
    figures: {
      restart_gap_ms_median: rounded(median(one), 1),
      restart_gap_10_viewers_ms_median: rounded(median(ten), 1),
      kill_gap_ms_median: rounded(median(killed), 1),
      hang_gap_ms_median: rounded(median(hung), 1),
      ready_ms_median: rounded(median(ready), 1),
    },
  };
});
