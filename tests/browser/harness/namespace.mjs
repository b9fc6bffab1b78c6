// Further network namespaces beside the one a test runs in, joined by cables of ours; they end with the test.
import { readlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { Child } from './process.mjs';
import { until } from './wait.mjs';

export class Namespace {
  cables = [];

  static async create(name) {
    const made = new Namespace();
    made.process = new Child(name, 'unshare', ['--net', '--', 'sleep', 'infinity']);
    const here = readlinkSync('/proc/self/ns/net');
    await until(() => readlinkSync(`/proc/${made.process.pid}/ns/net`) !== here, { what: `namespace ${name}`, detail: () => made.process.tail() });
    made.run('ip', 'link', 'set', 'lo', 'up');
    return made;
  }

  get pid() {
    return this.process.pid;
  }

  /** What to put in front of a command line to run it in here. */
  get command() {
    return ['nsenter', `--net=/proc/${this.pid}/ns/net`, '--'];
  }

  /** Runs a short command in here; throws with its words when it fails. */
  run(...argv) {
    return run([...this.command, ...argv]);
  }

  async stop() {
    // The kernel takes a namespace apart some time later; the other ends of its cables go now.
    for (const name of this.cables) {
      try {
        this.run('ip', 'link', 'del', name);
      } catch {
        // The other end's namespace ended first.
      }
    }
    this.process.kill_now();
    await this.process.ended;
  }
}

/** Where the test itself runs. */
export const here = { pid: process.pid, run: (...argv) => run(argv), command: [] };

/**
 * A cable between two namespaces: `a` and `b` are {ns, name, addresses}. Addresses are usable at once. Names must not be
 * veth…, docker… or virbr…: libnice leaves those out.
 */
export function join(a, b) {
  run(['ip', 'link', 'add', a.name, 'netns', String(a.ns.pid), 'type', 'veth', 'peer', 'name', b.name, 'netns', String(b.ns.pid)]);
  (a.ns.cables ?? b.ns.cables).push(a.ns.cables ? a.name : b.name);
  for (const { ns, name, addresses } of [a, b]) {
    ns.run('ip', 'link', 'set', name, 'addrgenmode', 'none');
    for (const address of addresses) ns.run('ip', 'address', 'add', address, 'dev', name, ...(address.includes(':') ? ['nodad'] : []));
  }
  for (const { ns, name } of [a, b]) ns.run('ip', 'link', 'set', name, 'up');
}

function run(argv) {
  try {
    return execFileSync(argv[0], argv.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Error(`${argv.join(' ')}: ${error.stderr?.trim() || error.message}`);
  }
}
