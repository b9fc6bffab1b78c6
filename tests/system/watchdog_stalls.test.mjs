// The watchdog goes hungry when one thing stands still and the rest runs on: the ctl loop or the net loop of an idle agent, or
// the camera of one that is watched, with both loops turning, perchctl answered and sound on its way. The service
// manager then restarts the agent, and the page shows a picture again by itself.
// needs: chromium
import { join } from 'node:path';
import { artifact, browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { root } from '../browser/harness/paths.mjs';
import { perchctl_json } from '../browser/harness/perchctl.mjs';
import { Child } from '../browser/harness/process.mjs';
import { agent_pid, kReady, kStarted, supervised } from '../browser/harness/supervised.mjs';
import { until } from '../browser/harness/wait.mjs';

const kWatchdog_s = 2;
const kFed = /heard WATCHDOG=1/;
const kMain = '';

/** Stops `thread` of the agent for `meanwhile()` and until the watchdog has bitten and another process is ready. */
async function stall(perchd, thread, meanwhile = async () => {}) {
  const log = perchd.process;
  const hung = agent_pid(perchd);
  await log.wait_for_line(kFed, { what: 'the watchdog to be fed', from: log.mark() });
  const stopper = new Child('stop_thread', 'python3', [join(root, 'tests/system/stop_thread.py'), String(hung), thread]);
  await stopper.wait_for_line(/^stopped/, { what: `${thread || 'main'} to stand still` });
  const mark = log.mark();
  const stopped_at = performance.now();
  await meanwhile(mark);
  await log.wait_for_line(/^supervisor watchdog/, { what: 'the watchdog to bite', from: mark });
  const took_s = (performance.now() - stopped_at) / 1000;
  await stopper.ended;
  const [, pid] = await log.wait_for_line(kStarted, { what: 'a new process', from: mark });
  expect(Number(pid) !== hung, 'another process');
  await log.wait_for_line(kReady, { what: 'READY=1 again', from: mark });
  // One report may have been on its way; whatever came later would have put the bite off.
  const late = log.lines.slice(mark, log.lines.findIndex((line, i) => i >= mark && /^supervisor watchdog/.test(line))).filter((line) => kFed.test(line));
  expect(late.length <= 1, `not fed any more, but ${late.length} times`);
  fact(`${thread || 'main'} stood still: restarted after ${rounded(took_s)} s of ${kWatchdog_s}`);
  return mark;
}

async function idle(perchd) {
  await stall(perchd, 'net');
  await stall(perchd, kMain);
}

async function watched(world, perchd) {
  const viewer = await world.open_viewer();
  await viewer.first_frame_ms();
  await viewer.page.click('perch-camera >> [data-do=mute]');
  const heard = async () => (await viewer.inbound_audio()).packetsReceived ?? 0;
  await until(async () => (await heard()) > 25, { what: 'sound to arrive' });
  await viewer.until_frames_advance({ count: 15 });
  const { session } = await viewer.player();
  await stall(perchd, 'video', async (mark) => {
    const before = await heard();
    const status = await perchctl_json(perchd, 'status');
    expect(status.viewers.length === 1 && status.viewers[0].connected, 'perchctl to be answered through both loops');
    await until(async () => (await heard()) > before + 25, { what: 'sound to go on' });
    await perchd.process.wait_for_line(/the watchdog goes hungry: no picture leaves/, { what: 'a word of it in the log', from: mark });
  });
  const again_at = performance.now();
  await viewer.until((player) => player?.session !== session && player?.marks.first_frame, { what: 'a picture in a new session', timeout_ms: 30_000 });
  await viewer.until_frames_advance({ count: 15 });
  fact(`picture again ${rounded(performance.now() - again_at, 0)} ms after the new process was ready`);
  await viewer.screenshot(artifact('watchdog_stalls.png'));
}

await browser_test('watchdog_stalls', async (world) => {
  const perchd = await world.start_perchd({ command: supervised(kWatchdog_s), config: { audio: { source: 'tone' } } });
  await idle(perchd);
  await watched(world, perchd);
  await perchd.stop();
});
