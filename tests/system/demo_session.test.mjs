// toolchain/demo as a person runs it: on a terminal, the printed link opened in a browser, Ctrl-C at the end.
// needs: chromium
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { artifact, browser_test, expect, expect_moving_pictures, fact } from '../browser/harness/browser_test.mjs';
import { root } from '../browser/harness/paths.mjs';
import { descendants, task_names } from '../browser/harness/proc.mjs';
import { port_in_use } from '../browser/harness/ports.mjs';
import { until, within } from '../browser/harness/wait.mjs';

const kCtrlC = '\x03';
const kLink = /http:\/\/127\.0\.0\.1:9001\/\S+/;

/** A command on a terminal of its own: what it prints, and keys to press. */
class Terminal {
  output = '';

  constructor(command) {
    // The command takes the place of script's shell, whichever that is: dash would end of the Ctrl-C itself, as 130.
    const args = ['--quiet', '--flush', '--return', '--command', `exec ${command}`, '/dev/null'];
    this.process = spawn('script', args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, SHELL: '/bin/sh' } });
    process.on('exit', () => this.process.kill('SIGTERM')); // script passes that on, and blocks SIGHUP
    this.process.stdout.setEncoding('utf8').on('data', (text) => (this.output += text));
    this.ended = new Promise((resolve) => this.process.on('close', (code, signal) => resolve(signal ?? code)));
  }

  async until_printed(pattern, timeout_ms) {
    const seen = () => pattern.exec(this.output) ?? this.process.exitCode !== null;
    const found = await until(seen, { what: `the demo to print ${pattern}`, timeout_ms, detail: () => this.output });
    expect(found !== true, `the demo to print ${pattern}, but it has ended\n${this.output}`);
    return found[0];
  }
}

const name_of = (pid) => task_names(pid)[0] ?? 'one that has ended'; // perchctl, as soon as it has drawn the code

await browser_test('demo_session', async (world) => {
  const terminal = new Terminal('toolchain/demo --source pattern');
  // It looks whether everything is built; the tests are run when that is so.
  const link = await terminal.until_printed(kLink, 200_000);
  const parts = descendants(terminal.process.pid);
  const names = parts.map(name_of);
  expect(names.includes('perchd') && names.includes('mosquitto'), `camera and broker, not ${names}`);

  const viewer = await world.open_viewer({ link });
  fact(`first frame after ${Math.round(await viewer.first_frame_ms())} ms`);
  await viewer.start_probe();
  expect_moving_pictures(await viewer.until_samples(30));
  await viewer.screenshot(artifact('demo_session.png'));
  await viewer.close();

  terminal.process.stdin.write(kCtrlC);
  const outcome = await within(terminal.ended, { what: 'the demo to end on Ctrl-C', timeout_ms: 15_000, detail: () => terminal.output });
  expect(outcome === 0, `exit code 0, not ${outcome}:\n${terminal.output}`);
  expect(/demo: ending\s*$/.test(terminal.output), `a quiet ending, not:\n${terminal.output}`);
  await until(() => !parts.some((pid) => existsSync(join('/proc', String(pid)))), { what: `${names} to be gone` });
  for (const port of [1883, 9001]) expect(!(await port_in_use('127.0.0.1', port)), `port ${port} to be free again`);
});
