// Under a service manager: ready is said when it is true, the watchdog is fed while idle and while watched, an agent
// that hangs is ended and there again, and one that cannot start says why and does not try without a pause.
// needs: chromium
import { readFileSync, writeFileSync } from 'node:fs';
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { agent_pid, kReady, kStarted, restart, supervised } from '../browser/harness/supervised.mjs';

async function broken_configuration(perchd, supervisor) {
  const good = readFileSync(perchd.config_file);
  writeFileSync(perchd.config_file, '[video]\nfps = "many"\n');
  const mark = supervisor.mark();
  restart(perchd);
  await supervisor.wait_for_line(/^supervisor heard STATUS=cannot start: .*:2:7: \[video\] fps/, { what: 'the reason', from: mark });
  const said_at = performance.now();
  await supervisor.wait_for_line(/^supervisor ended code=1/, { what: 'its end', from: mark });
  const pause_ms = performance.now() - said_at;
  expect(pause_ms > 1500, `a pause before the next try, not ${pause_ms} ms`);
  writeFileSync(perchd.config_file, good);
  await supervisor.wait_for_line(kReady, { what: 'READY=1 with the good file', from: mark });
  fact('a broken configuration was told as the status, and tried again after a pause');
}

await browser_test('service_watchdog', async (world) => {
  const perchd = await world.start_perchd({ command: supervised(2) });
  const { process: supervisor } = perchd;
  const [, ready_ms] = await supervisor.wait_for_line(kReady, { what: 'READY=1' });
  fact(`ready ${ready_ms} ms after it was started`);
  const fed = (from, when) => supervisor.wait_for_line(/heard WATCHDOG=1/, { what: `the watchdog to be fed ${when}`, from });

  await fed(0, 'while nobody watches');
  const viewer = await world.open_viewer();
  await viewer.first_frame_ms();
  await fed(supervisor.mark(), 'while somebody watches');
  await fed(supervisor.mark(), 'again');
  expect(!supervisor.lines.includes('supervisor watchdog'), 'no restart so far');

  const hung = agent_pid(perchd);
  const mark = supervisor.mark();
  process.kill(hung, 'SIGSTOP');
  await supervisor.wait_for_line(/^supervisor watchdog/, { what: 'the watchdog to bite', from: mark });
  const [, pid] = await supervisor.wait_for_line(kStarted, { what: 'a new process', from: mark });
  expect(Number(pid) !== hung, 'another process');
  await supervisor.wait_for_line(kReady, { what: 'READY=1 again', from: mark });
  await viewer.until_frames_advance({ count: 30, timeout_ms: 30_000 });
  fact('picture back after a hang, by itself');

  await broken_configuration(perchd, supervisor);
  await perchd.stop();
  expect(supervisor.lines.some((line) => line.includes('heard STOPPING=1')), 'a word at the end');
});
