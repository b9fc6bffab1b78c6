// perchd in the test guest, on a real V4L2 camera, with the host at the other end of a tap device.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { default_config, to_toml } from '../browser/harness/perchd.mjs';
import { perchd_path, root } from '../browser/harness/paths.mjs';
import { Child } from '../browser/harness/process.mjs';
import { within } from '../browser/harness/wait.mjs';

export const host_address = '10.77.0.1';
export const guest_address = '10.77.0.2';
const kTap = 'tap0';

/** A tap device in the current network namespace, which must be the test's own. */
export function create_tap() {
  const ip = (...words) => execFileSync('ip', words);
  ip('tuntap', 'add', 'dev', kTap, 'mode', 'tap');
  ip('address', 'add', `${host_address}/24`, 'dev', kTap);
  ip('link', 'set', kTap, 'up');
}

/** How long perchd may take to show on the broker: a boot is a second or two, on a machine with other work many. */
export const kBootTimeout_ms = 60_000;

export class GuestPerchd {
  #connections = [];
  #server;

  /** Boots the guest and starts perchd; its retained state on the broker tells when that is done. */
  static async start({ dir, broker_url, config = {} }) {
    const guest = new GuestPerchd();
    mkdirSync(join(dir, 'state'), { recursive: true, mode: 0o700 });
    const base = default_config(broker_url, join(dir, 'state'));
    const config_file = join(dir, 'perch.toml');
    const ice = { servers: [], local_addresses: [guest_address] };
    writeFileSync(config_file, to_toml({ ...base, ...config, ice, video: { ...base.video, ...config.video } }));
    const port = await guest.#listen();
    const command = [join(root, 'tests/device/perchd_in_guest'), perchd_path, config_file, host_address, String(port), process.env.PERCH_SET_CONTROL];
    const options = ['--tap', kTap, '--address', `${guest_address}/24`, '--share', dir, '--timeout', '200', '--console', join(dir, 'console.log')];
    guest.process = new Child('guest', join(root, 'toolchain/uml/run'), [...options, '--', ...command], { log_file: join(dir, 'guest.log') });
    return guest;
  }

  /** Ends perchd by SIGTERM and with it the guest; exit code 0 is what is promised. */
  async stop() {
    this.#connections.forEach((socket) => socket.destroy());
    this.#server.close();
    const { code } = await within(this.process.ended, { what: 'the guest to end', timeout_ms: 20_000, detail: () => this.process.tail() });
    if (code !== 0) throw new Error(`perchd in the guest ended with exit code ${code}\n${this.process.tail(60)}`);
  }

  // The guest runs perchd as long as its connection to this port stands.
  async #listen() {
    this.#server = createServer((socket) => this.#connections.push(socket.on('error', () => {})));
    await new Promise((resolve, reject) => this.#server.on('error', reject).listen(0, host_address, resolve));
    return this.#server.address().port;
  }
}
