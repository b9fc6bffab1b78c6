// Everything that can come between a camera and its broker, one after the other, while somebody watches: its name is no longer
// known, the password is another, the certificate has expired. Each is named in the log and by perchctl, the picture goes on
// all the time, and when the broker is itself again the camera is back by itself.
// needs: chromium openssl
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { browser_test, expect, fact, longest_gap } from '../browser/harness/browser_test.mjs';
import { Authority } from '../browser/harness/certificates.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { own_etc } from '../browser/harness/own_etc.mjs';
import { find_program } from '../browser/harness/paths.mjs';
import { perchctl_json } from '../browser/harness/perchctl.mjs';
import { free_port } from '../browser/harness/ports.mjs';

const kName = 'broker.perch.test';

/** The broker's files, as they may change from one start to the next; the camera's way in is TLS with a password. */
class Secrets {
  constructor(world) {
    this.authority = new Authority(join(world.dir, 'ca'));
    this.at = (name) => join(world.dir, name);
    this.set_certificate({});
    this.set_password('right');
    writeFileSync(this.at('camera-password'), 'right\n', { mode: 0o600 });
    this.set_hosts(`127.0.0.1 ${kName} localhost\n`);
    writeFileSync(this.at('resolv.conf'), 'nameserver 127.0.0.1\n'); // where nobody listens: no waiting for an answer
  }

  set_certificate(dates) {
    const { cert, key } = this.authority.issue(kName, dates);
    copyFileSync(cert, this.at('broker.crt'));
    copyFileSync(key, this.at('broker.key'));
  }

  set_password(word) {
    writeFileSync(this.at('passwords'), '');
    execFileSync(find_program('mosquitto_passwd'), ['-b', this.at('passwords'), 'camera', word]);
    chmodSync(this.at('passwords'), 0o644);
  }

  // In place: the camera sees it by a mount of this very file.
  set_hosts(lines) {
    writeFileSync(this.at('hosts'), lines);
  }

  // Who gives no name is let in, as the page is; a name needs its password.
  lines(port) {
    return [`password_file ${this.at('passwords')}`, `listener ${port} 127.0.0.1`, `certfile ${this.at('broker.crt')}`, `keyfile ${this.at('broker.key')}`];
  }
}

/** The broker comes back with `change` made to it: what the camera says is wrong, in the log and by perchctl, is like `words`. */
async function trouble(world, viewer, name, change, words) {
  const { perchd, broker } = world;
  const mark = perchd.process.mark();
  await broker.stop();
  change();
  await broker.resume();
  const [, reason] = await perchd.process.wait_for_line(new RegExp(`mod=mqtt state=retrying .*reason="([^"]*${words.source}[^"]*)"`), { what: name, from: mark });
  const { connected, trouble: told } = (await perchctl_json(perchd, 'status')).broker;
  expect(!connected && told === reason, `perchctl to say "${reason}" too, not "${told}"`);
  await viewer.until_frames_advance({ count: 15 });
  fact(`${name}: ${reason}`);
}

await browser_test('broker_troubles_while_watched', async (world) => {
  const secrets = new Secrets(world);
  const port = await free_port();
  const broker = await world.start_broker({ more: secrets.lines(port) });
  const url = `mqtts://${kName}:${port}`;
  const keys = { url, ca_file: secrets.authority.cert, username: 'camera', password_file: secrets.at('camera-password') };
  const perchd = await world.start_perchd({ config: { broker: keys }, command: own_etc({ hosts: secrets.at('hosts'), 'resolv.conf': secrets.at('resolv.conf') }) });
  await perchd.process.wait_for_line(/mod=mqtt state=connected/, { what: 'a connection' });
  const viewer = await world.open_viewer();
  await viewer.first_frame_ms();
  const { session } = await viewer.player();
  await viewer.start_probe({ motion: false });

  await trouble(world, viewer, 'no such name', () => secrets.set_hosts('127.0.0.1 localhost\n'), /no address is known for .* \(DNS\)/);
  await trouble(world, viewer, 'expired', () => {
    secrets.set_hosts(`127.0.0.1 ${kName} localhost\n`);
    secrets.set_certificate({ to: '20210101' });
  }, /certificate has expired/);
  await trouble(world, viewer, 'wrong password', () => {
    secrets.set_certificate({});
    secrets.set_password('another');
  }, /refused us: .*password_file/);

  const mark = perchd.process.mark();
  await broker.stop();
  secrets.set_password('right');
  await broker.resume();
  await perchd.process.wait_for_line(/mod=mqtt state=connected/, { what: 'to be back', from: mark });
  const peer = await world.connect_peer();
  await peer.until_state((state) => state.online && state.viewers === 1, { what: 'its state, with the viewer of before' });
  await viewer.until_frames_advance({ count: 15 });
  const gap_ms = longest_gap(await viewer.samples());
  fact(`longest pause between pictures: ${rounded(gap_ms)} ms`);
  expect((await viewer.player()).session === session, 'the same session throughout');
  expect(gap_ms < 1000, `the picture to go on, but it paused for ${gap_ms} ms`);
});
