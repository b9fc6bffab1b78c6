// perchd in the test guest, on a real kernel driver's camera, with broker and browser at the other end of a tap device.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { default_config, invite_all, merge_sections, sealed_config, to_toml } from '../browser/harness/perchd.mjs';
import { perchd_path, perchd_under, root } from '../browser/harness/paths.mjs';
import { Child } from '../browser/harness/process.mjs';
import { within } from '../browser/harness/wait.mjs';

export const host_address = '10.77.0.1';
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

/** The kernel modules each of tests/device/cameras needs; vivid and a sound card come by themselves. */
const kModules = {
  vivid: [],
  loopback: ['v4l2loopback devices=1 video_nr=9 max_buffers=8 card_label=Loopback'],
  vimc: ['vimc'],
  vicodec: ['vicodec'],
  flash_and_beep: ['v4l2loopback devices=1 video_nr=9 max_buffers=8 card_label=Loopback', 'snd-aloop pcm_substreams=2'],
  vivid_with_ear: [],
};

class GuestPerchd {
  #connections = [];
  #server;
  #answers = [];

  /** Boots the guest and starts perchd; its retained state on the broker tells when that is done. */
  static async start({ dir, broker, config = {}, guests, camera, clip, clock }) {
    const guest = new GuestPerchd();
    guest.config_file = join(dir, 'perch.toml');
    mkdirSync(join(dir, 'state'), { recursive: true, mode: 0o700 });
    const base = default_config(`mqtt://${host_address}:${broker.mqtt_port}`, join(dir, 'state'));
    const ours = merge_sections(guests ? sealed_config(dir, broker) : {}, { ...config, ice: { servers: [], local_addresses: [guest_address] } });
    writeFileSync(guest.config_file, to_toml(merge_sections(base, ours)), { mode: 0o600 });
    guest.invitations = invite_all(guest.config_file, guests ?? {});
    const port = await guest.#listen();
    const variables = ['PERCH_SET_CONTROL', 'PERCH_LIBCAMERA_HELPER', 'PERCH_FLASH_AND_BEEP', 'PERCH_PPM', 'PERCH_EAR'].map((name) => `${name}=${process.env[name] ?? ''}`);
    const script = join(root, 'tests/device/perchd_in_guest');
    const command = ['env', ...variables, `PERCH_CLIP=${clip ?? ''}`, `PERCH_CLOCK=${clock ?? ''}`, `PERCH_UNDER=${perchd_under.join('')}`, script, camera, perchd_path, guest.config_file, host_address, String(port)];
    const modules = kModules[camera].flatMap((module) => ['--module', module]);
    const options = [...modules, '--tap', kTap, '--address', `${guest_address}/24`, '--share', dir, '--timeout', '200', '--console', join(dir, 'console.log')];
    guest.process = new Child('guest', join(root, 'toolchain/uml/run'), [...options, '--', ...command], { log_file: join(dir, 'guest.log') });
    return guest;
  }

  /** What `promise` gives, or an error as soon as the guest has ended. */
  or_ended(promise) {
    const ended = this.process.ended.then(() => Promise.reject(new Error('the guest has ended')));
    return Promise.race([promise, ended]);
  }

  /** Pulls the camera's cable; resolves when the driver is gone, which some let wait until nobody uses the camera. */
  unplug() {
    return this.#ask('unplug');
  }

  plug_in() {
    return this.#ask('plug_in');
  }

  /** Another program takes the camera, and gives it back. */
  hold() {
    return this.#ask('hold');
  }

  release() {
    return this.#ask('release');
  }

  /** SIGKILL for the program that perchd started. */
  kill_helper() {
    return this.#ask('kill_helper');
  }

  /** perchctl's words as one line: its output, or {"error": …} when it failed. */
  perchctl(...words) {
    return this.#ask(`perchctl ${words.join(' ')}`);
  }

  /** Sets a control of /dev/video0 behind perchd's back. */
  set_camera(label, value) {
    return this.#ask(`set_camera ${value} ${label}`);
  }

  /** What its clock says from now on, in seconds since 1970. */
  set_clock(seconds) {
    return this.#ask(`set_clock ${Math.trunc(seconds)}`);
  }

  /** About perchd: {rss_kb, files, threads, camera_nodes, children}. */
  async report() {
    return JSON.parse(await this.#ask('report'));
  }

  /** Ends perchd by SIGTERM and with it the guest; exit code 0 is what is promised. */
  async stop() {
    this.#connections.forEach((socket) => socket.destroy());
    this.#server.close();
    const { code } = await within(this.process.ended, { what: 'the guest to end', timeout_ms: 20_000, detail: () => this.process.tail() });
    if (code !== 0) throw new Error(`perchd in the guest ended with exit code ${code}\n${this.process.tail(60)}`);
  }

  // The guest obeys one line after the other and answers each with one.
  #ask(command) {
    const answer = new Promise((resolve) => this.#answers.push(resolve));
    this.#connections.at(-1).write(`${command}\n`);
    return within(answer, { what: `the guest to ${command}`, timeout_ms: 30_000, detail: () => this.process.tail() });
  }

  // The guest runs perchd as long as its connection to this port stands.
  async #listen() {
    this.#server = createServer((socket) => {
      this.#connections.push(socket.on('error', () => {}));
      createInterface({ input: socket }).on('line', (line) => this.#answers.shift()?.(line));
    });
    await new Promise((resolve, reject) => this.#server.on('error', reject).listen(0, host_address, resolve));
    return this.#server.address().port;
  }
}

/** Compressed pictures of a moving test image, 1280x720 at 30 per second, for the camera "loopback". */
export function make_clip(world, { name, seconds = 4, codec }) {
  const path = join(world.dir, name);
  const input = ['-f', 'lavfi', '-i', `testsrc2=size=1280x720:rate=30`, '-t', String(seconds)];
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', ...input, ...codec, path]);
  return path;
}

/** A camera that encodes by itself: baseline, a key frame per second, as webcams do. */
export const kH264Camera = ['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-pix_fmt', 'yuv420p', '-g', '30', '-b:v', '2M', '-maxrate', '2M', '-bufsize', '500k'];
export const kMjpegCamera = ['-c:v', 'mjpeg', '-q:v', '5', '-pix_fmt', 'yuvj422p'];

async function start_broker(world, more) {
  const broker = await world.start_broker({ more });
  // The guest reaches the broker by the tap's address. SIGKILL, because mosquitto forgets a SIGTERM that comes before its
  // main loop, and it has only just begun to listen.
  await broker.stop({ signal: 'SIGKILL' });
  appendFileSync(broker.config, `listener ${broker.mqtt_port} ${host_address}\nprotocol mqtt\n`);
  await broker.resume();
  return broker;
}

/**
 * A test frame: tap device, broker, perchd on the guest's camera, and an MQTT peer that sees its state; then `body`.
 * With `guests` as {name: options} only these may watch: see `invitations` of the guest. `broker` holds lines of configuration
 * for a new broker, `clock` is what the guest's says when perchd starts, in seconds since 1970; with `await_online` off the
 * body begins as soon as perchd runs.
 * Perchd must have ended by SIGTERM with exit code 0. One guest after the other may run in a world.
 */
export async function with_guest(world, { config = {}, guests, camera = 'vivid', clip, broker: more, clock, await_online = true } = {}, body) {
  if (!world.broker) create_tap(); // our network namespace is new as well
  const broker = world.broker ?? (await start_broker(world, more));
  const dir = mkdtempSync(join(world.dir, 'guest-'));
  const guest = await GuestPerchd.start({ dir, broker, config, guests, camera, clip, clock });
  try {
    const peer = await world.connect_peer();
    if (await_online) await guest.or_ended(peer.until_state((state) => state.online, { what: 'the guest to be online', timeout_ms: kBootTimeout_ms }));
    else await guest.process.wait_for_line(/mod=agent state=ready/, { what: 'perchd to run', timeout_ms: kBootTimeout_ms });
    await body({ guest, peer });
    await guest.stop();
  } catch (error) {
    error.message += `\n${guest.process.tail(60)}`;
    guest.process.kill('SIGTERM');
    throw error;
  }
}
