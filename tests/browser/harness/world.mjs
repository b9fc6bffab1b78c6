// Broker, agent and browser together, in a temporary folder, all gone at the end; the shell of every browser test and bench.
import { chmodSync, mkdtempSync, rmSync, mkdirSync, cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Broker } from './broker.mjs';
import { Chromium } from './chromium.mjs';
import { MqttPeer } from './mqtt_peer.mjs';
import { artifacts_dir } from './paths.mjs';
import { Namespace } from './namespace.mjs';
import { Perchd } from './perchd.mjs';
import { TurnServer } from './turn_server.mjs';
import { Viewer } from './viewer.mjs';

export class World {
  #ending = [];

  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), 'perch-'));
    chmodSync(this.dir, 0o755);
    process.on('exit', () => rmSync(this.dir, { recursive: true, force: true, maxRetries: 3 }));
  }

  /** What starts here ends here, last first. */
  #keep(thing) {
    this.#ending.push(thing);
    return thing;
  }

  #folder(name) {
    const path = join(this.dir, name);
    mkdirSync(path, { recursive: true, mode: 0o755 });
    return path;
  }

  async start_broker({ name = 'broker', ...options } = {}) {
    return (this.broker = this.#keep(await Broker.start({ dir: this.#folder(name), ...options })));
  }

  async start_perchd({ name = 'perchd', ...options } = {}) {
    const broker = this.broker ?? (await this.start_broker());
    return (this.perchd = this.#keep(await Perchd.start({ dir: this.#folder(name), broker, ...options })));
  }

  async start_chromium({ name = 'browser', ...options } = {}) {
    return (this.chromium = this.#keep(await Chromium.start({ dir: this.#folder(name), ...options })));
  }

  async start_turn_server(options = {}) {
    return this.#keep(await TurnServer.start({ dir: this.#folder('turn'), ...options }));
  }

  /** A network namespace beside this one; see namespace.mjs. */
  async add_namespace(name) {
    return this.#keep(await Namespace.create(name));
  }

  /** A viewer page in the browser started last. */
  async open_viewer(options) {
    return Viewer.open(this.chromium ?? (await this.start_chromium()), this.broker, options);
  }

  async connect_peer(options) {
    const peer = await MqttPeer.connect(this.broker, options);
    this.#keep({ stop: () => peer.close() });
    return peer;
  }

  /** Logs of everything started, for a failure's message and kept as artifacts under `name`. */
  keep_logs(name) {
    const target = join(artifacts_dir, name);
    mkdirSync(target, { recursive: true });
    cpSync(this.dir, target, { recursive: true, filter: (path) => basename(path) !== 'chromium' && basename(path) !== 'state' });
    return target;
  }

  tails() {
    return this.#ending.map((thing) => thing.process?.tail?.(25)).filter(Boolean).join('\n');
  }

  async end() {
    const failures = [];
    for (const thing of this.#ending.reverse()) await thing.stop().catch((error) => failures.push(error));
    this.#ending = [];
    if (failures.length > 0) throw failures[0];
  }
}

/** Runs `body(world)`; on failure shows the logs' tails and keeps the logs, then ends everything either way. */
export async function with_world(name, body) {
  const world = new World();
  try {
    const result = await body(world);
    await world.end();
    return result;
  } catch (error) {
    error.message += `\n${world.tails()}\nlogs kept in ${world.keep_logs(name)}`;
    await world.end().catch(() => {});
    throw error;
  }
}
