// The release program locks itself up, without a unit that does it: seen from outside, by a process of the same user that
// has the privileges of perchd. No core file, no look into its memory, none of it gained back by programs it starts.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { Child } from '../browser/harness/process.mjs';

// Root, if the test runs as root, but without its privileges, which would look into anything (ptrace(2)).
const plain = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--'];
const dumping = ['prlimit', '--core=1048576:1048576', ...plain];

/** Reads a file of /proc as a plain process does. */
const look_at = (pid, file) => spawnSync(plain[0], [...plain.slice(1), 'head', '-c1', `/proc/${pid}/${file}`], { encoding: 'utf8' });
const core_limit = (pid) => /^Max core file size +(\S+) +(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8')).slice(1).join(' ');
const gains_nothing = (pid) => /^NoNewPrivs:\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
const secret_files = ['environ', 'maps', 'mem', 'auxv'];

await browser_test('perchd_locked', async (world) => {
  const { pid } = await world.start_perchd({ sealed: true, guests: { phone: {} }, command: dumping });
  const other = new Child('sleep', dumping[0], [...dumping.slice(1), 'sh', '-c', 'echo here; exec sleep 60']);
  await other.wait_for_line(/here/);
  // Else the refusals below would be somebody else's doing.
  expect(core_limit(other.pid) === '1048576 1048576', `others to be allowed cores: ${core_limit(other.pid)}`);
  expect(look_at(other.pid, 'environ').status === 0, `others to be open to us: ${look_at(other.pid, 'environ').stderr}`);
  await other.stop();

  expect(core_limit(pid) === '0 0', `no core file, not one of ${core_limit(pid)} bytes`);
  for (const file of secret_files) {
    const { status, stdout, stderr } = look_at(pid, file);
    expect(status !== 0 && stdout === '' && /Permission denied/.test(stderr), `/proc/PID/${file} to be refused, not ${stdout}${stderr}`);
  }
  expect(gains_nothing(pid), 'no_new_privs');
  fact(`core limit 0 0; ${secret_files.join(', ')}: refused; no_new_privs`);
  await world.perchd.stop();
});
