// The agent under test: a configuration written for it, its log read, its /proc entry looked at.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { perchctl_path, perchd_path, perchd_under } from './paths.mjs';
import { Child } from './process.mjs';
import { task_count, task_names } from './proc.mjs';
import { until } from './wait.mjs';

/** Sections and keys as in the configuration file; whatever a caller passes is merged over these. Open access, so that a test
 *  that is not about invitations need not make one: see `sealed` of Perchd.start(). */
export function default_config(broker_url, state_dir) {
  return {
    camera: { id: 'front-door', name: 'Front door' },
    video: { source: 'pattern', width: 1280, height: 720, fps: 30, max_bitrate: 2_000_000 },
    audio: { source: 'off' },
    broker: { url: broker_url },
    access: { mode: 'open' },
    ice: { servers: [], local_addresses: ['127.0.0.1'] },
    state: { dir: state_dir },
    control: { socket: join(state_dir, 'control.sock') },
  };
}

/** What is merged over these where only who was invited may watch; `dir` is the agent's folder. */
export const sealed_config = (dir, broker) => ({
  broker: { viewer_url: broker.web_socket_url },
  access: { mode: 'sealed', viewers_dir: join(dir, 'viewers.d'), page_url: broker.page_url },
});

/** TOML of a two-level object; strings, numbers, booleans and arrays of them are written as JSON writes them. */
export function to_toml(config) {
  const section = ([name, keys]) => [`[${name}]`, ...Object.entries(keys).map(([key, value]) => `${key} = ${JSON.stringify(value)}`), ''];
  return Object.entries(config).flatMap(section).join('\n');
}

export class Perchd {
  /** `config` is merged section by section over the defaults; `pin_to` is a CPU number, `command` is put in front
   *  (see namespace.mjs). `sealed`: only who was invited may watch, see invite();
   *  `guests` as {name: options} are invited before it starts, see `invitations`. Resolves when it is on the broker. */
  static async start({ dir, broker, config = {}, sealed = false, guests = {}, pin_to, command = [], env, program = perchd_path, wait_ready = true }) {
    const perchd = new Perchd();
    perchd.dir = dir;
    perchd.pin_to = pin_to;
    perchd.program = program;
    perchd.command = command;
    perchd.env = env;
    mkdirSync(join(dir, 'state'), { recursive: true, mode: 0o700 });
    chmodSync(join(dir, 'state'), 0o700);
    perchd.config = merge_sections(default_config(broker.mqtt_url, join(dir, 'state')), sealed ? sealed_config(dir, broker) : {});
    perchd.config = merge_sections(perchd.config, config);
    perchd.config_file = join(dir, 'perch.toml');
    writeFileSync(perchd.config_file, to_toml(perchd.config), { mode: 0o600 });  // it may hold TURN passwords
    perchd.check_config();
    perchd.invitations = invite_all(perchd.config_file, guests);
    await perchd.resume({ wait_ready });
    return perchd;
  }

  get id() {
    return this.config.camera.id;
  }

  get pid() {
    return this.process.pid;
  }

  /** Invites `viewer` with perchctl; `options` as {rights: 'watch,talk', expires: '1h'}. Gives {name, link, rights, …}. */
  invite(viewer, options = {}) {
    return invite(this.config_file, viewer, options);
  }

  /** What perchctl prints; throws with its complaint. */
  perchctl(command, ...words) {
    return run_perchctl(this.config_file, command, ...words);
  }

  /** Throws with the agent's own words when it does not like its configuration. */
  check_config() {
    if (!existsSync(this.program)) throw new Error(`${this.program} is not built: cmake --preset release && cmake --build --preset release`);
    const check = spawnSync(this.program, ['--config', this.config_file, '--check-config'], { encoding: 'utf8' });
    if (check.status !== 0) throw new Error(`perchd --check-config: ${check.stderr.trim() || check.stdout.trim()}`);
  }

  /** Starts (again) with the same configuration and state. */
  async resume({ wait_ready = true } = {}) {
    const command = [...this.command, ...perchd_under, this.program, '--config', this.config_file];
    if (this.pin_to !== undefined) command.unshift('taskset', '-c', String(this.pin_to));
    this.process = new Child('perchd', command[0], command.slice(1), { env: this.env, log_file: join(this.dir, 'perchd.log') });
    if (wait_ready) await this.process.wait_for_line(/\bmod=agent\b.*\bready\b/, { what: 'perchd to be ready', timeout_ms: 20_000 });
  }

  /** Camera closed: the `video` thread exists only while somebody watches (or lingers). */
  async until_camera_closed(timeout_ms = 15_000) {
    await this.#until_video_thread(false, 'the camera to be closed', timeout_ms);
  }

  async until_camera_open(timeout_ms = 15_000) {
    await this.#until_video_thread(true, 'the camera to be opened', timeout_ms);
  }

  get threads() {
    return task_count(this.pid);
  }

  /** SIGTERM, and exit code 0 as promised. */
  async stop(options) {
    const outcome = await this.process.stop(options);
    if (outcome.code !== 0) throw new Error(`perchd did not end with exit code 0\n${this.process.tail(60)}`);
  }

  log_text() {
    return readFileSync(join(this.dir, 'perchd.log'), 'utf8');
  }

  #until_video_thread(wanted, what, timeout_ms) {
    const open = () => task_names(this.pid).includes('video');
    return until(() => open() === wanted, { what, timeout_ms, detail: () => `${task_names(this.pid)}\n${this.process.tail()}` });
  }
}

function run_perchctl(config_file, command, ...words) {
  const ran = spawnSync(perchctl_path, [command, ...words, '--config', config_file], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`perchctl ${command}: ${ran.stderr.trim() || ran.error}`);
  return ran.stdout;
}

function invite(config_file, viewer, options) {
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return JSON.parse(run_perchctl(config_file, 'invite', viewer, ...words, '--json'));
}

/** Invites everybody in `guests`, {name: options}; gives {name: invitation} as Perchd's invite() does. */
export function invite_all(config_file, guests) {
  return Object.fromEntries(Object.entries(guests).map(([name, options]) => [name, invite(config_file, name, options)]));
}

export function merge_sections(base, over) {
  const merged = { ...base };
  for (const [section, keys] of Object.entries(over)) merged[section] = { ...base[section], ...keys };
  return merged;
}
