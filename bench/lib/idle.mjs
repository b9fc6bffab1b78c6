// What the agent costs while nobody watches, and its memory while somebody does.
import { bench, progress } from './bench.mjs';
import { measuring_window } from '../../tests/browser/harness/wait.mjs';
import { cpu_ns, resident_kb, task_names, wake_ups } from '../../tests/browser/harness/proc.mjs';
import { rounded } from '../../tests/browser/harness/figures.mjs';

const kAbout = `CPU time from /proc/PID/task/*/schedstat and wake-ups from voluntary context switches, over a window without viewers;
then resident memory with one viewer on the test pattern at 1280x720p30, and idle figures again after that viewer left.`;

async function idle_window(perchd, seconds) {
  const before = { cpu: cpu_ns(perchd.pid), wakes: wake_ups(perchd.pid) };
  await measuring_window(seconds * 1000);
  return {
    cpu_ms_per_10s: ((cpu_ns(perchd.pid) - before.cpu) / 1e6 / seconds) * 10,
    wakeups_per_s: (wake_ups(perchd.pid) - before.wakes) / seconds,
    rss_kb: resident_kb(perchd.pid),
    threads: task_names(perchd.pid),
  };
}

const row = (name, { cpu_ms_per_10s, wakeups_per_s, rss_kb, threads }) => [name, rounded(cpu_ms_per_10s, 2), rounded(wakeups_per_s, 2), rss_kb, threads.join(' ')];

await bench('idle', kAbout, { seconds: 20 }, async (world, { seconds }) => {
  const perchd = await world.start_perchd({ config: { video: { linger_s: 1 } } });
  const peer = await world.connect_peer();
  await peer.until_state((state) => state.online);
  await peer.close();
  progress(`idle since start: ${seconds} s`);
  const fresh = await idle_window(perchd, seconds);

  const viewer = await world.open_viewer();
  await viewer.first_frame_ms({ timeout_ms: 30_000 });
  await viewer.until_frames_advance({ count: 300, timeout_ms: 30_000 });
  const streaming_rss_kb = resident_kb(perchd.pid);
  const streaming_threads = task_names(perchd.pid);
  await world.chromium.kill_hard();
  await perchd.until_camera_closed(20_000);
  progress(`idle after a viewer: ${seconds} s`);
  const used = await idle_window(perchd, seconds);

  return {
    rows: [
      ['', 'CPU ms per 10 s', 'wake-ups per s', 'RSS kB', 'threads'],
      row('idle since start', fresh),
      ['streaming to one viewer', '-', '-', streaming_rss_kb, streaming_threads.join(' ')],
      row('idle after that viewer', used),
    ],
    figures: {
      idle_cpu_ms_per_10s: rounded(fresh.cpu_ms_per_10s, 2),
      idle_wakeups_per_s: rounded(fresh.wakeups_per_s, 2),
      idle_rss_kb: fresh.rss_kb,
      streaming_rss_kb,
      idle_again_cpu_ms_per_10s: rounded(used.cpu_ms_per_10s, 2),
      idle_again_wakeups_per_s: rounded(used.wakeups_per_s, 2),
      idle_again_rss_kb: used.rss_kb,
    },
  };
});
