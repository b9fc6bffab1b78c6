// perchd in the test guest, on a real V4L2 camera, with broker and browser at the other end of a tap device.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { default_config, to_toml } from '../browser/harness/perchd.mjs';
import { perchd_path, root } from '../browser/harness/paths.mjs';
import { Child } from '../browser/harness/process.mjs';
import { within } from '../browser/harness/wait.mjs';

const host_address = '10.77.0.1';
const guest_address = '10.77.0.2';
const kTap = 'tap0';

function create_tap() {
  const ip = (...words) => execFileSync('ip', words);
  ip('tuntap', 'add', 'dev', kTap, 'mode', 'tap');
  ip('address', 'add', `${host_address}/24`, 'dev', kTap);
  ip('link', 'set', kTap, 'up');
}

/** How long perchd may take to show on the broker: a boot is a second or two, on a machine with other work many. */
const kBootTimeout_ms = 60_000;

class GuestPerchd {
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

  /** Pulls the camera's cable, or puts it back. */
  unplug() {
    this.#connections.at(-1).write('unplug\n');
  }

  plug_in() {
    this.#connections.at(-1).write('plug_in\n');
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

/**
 * A test frame: tap device, broker, perchd on the guest's camera, and an MQTT peer that sees its state; then `body`.
 * Perchd must have ended by SIGTERM with exit code 0.
 */
export async function with_guest(world, { config = {} } = {}, body) {
  create_tap();
  const broker = await world.start_broker();
  // The guest reaches the broker by the tap's address. SIGKILL, because mosquitto forgets a SIGTERM that comes before its
  // main loop, and it has only just begun to listen.
  await broker.stop({ signal: 'SIGKILL' });
  appendFileSync(broker.config, `listener ${broker.mqtt_port} ${host_address}\nprotocol mqtt\n`);
  await broker.resume();
  const dir = join(world.dir, 'guest');
  mkdirSync(dir);
  const guest = await GuestPerchd.start({ dir, broker_url: `mqtt://${host_address}:${broker.mqtt_port}`, config });
  try {
    const peer = await world.connect_peer();
    await peer.until_state((state) => state.online, { what: 'the guest to be online', timeout_ms: kBootTimeout_ms });
    await body({ guest, peer });
    await guest.stop();
  } catch (error) {
    error.message += `\n${guest.process.tail(60)}`;
    guest.process.kill('SIGTERM');
    throw error;
  }
}
