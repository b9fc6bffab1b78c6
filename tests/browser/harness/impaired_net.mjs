// Two network namespaces: ours with the agent, another one for who watches. Media goes through perch_netsim's emulated
// link between 10.8.0.1 (here) and 10.8.0.2 (there); signaling and the page by a clean pair of interfaces beside it.
import { execFileSync } from 'node:child_process';
import { existsSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build_dir, built_program } from './paths.mjs';
import { Child } from './process.mjs';
import { until } from './wait.mjs';

export const kMedia = { here: '10.8.0.1', there: '10.8.0.2', device: 'media0' };
/** Where the broker must listen for browsers over there; toolchain/in-netns made the pair lan0 and lan1. */
export const kSignaling = { here: '10.9.9.1', there: '10.9.9.2' };
const kOurs = '/proc/self/ns/net';

/** Why no such network can be made here, or null. */
export function why_not_impaired() {
  if (process.getuid() !== 0) return 'tun devices in two network namespaces need root';
  if (!existsSync('/dev/net/tun')) return 'this kernel has no /dev/net/tun';
  if (!existsSync(join(build_dir, 'perch_netsim'))) return 'perch_netsim is not built';
  return null;
}

const ip = (...words) => execFileSync('ip', words);

/** One end of the link; the default route leads into it, because browsers only use interfaces that have one. */
function add_media_device(run, address) {
  run('tuntap', 'add', 'dev', kMedia.device, 'mode', 'tun');
  // No router solicitations: each packet counts, and the n-th one meets the same fate in each run.
  run('link', 'set', kMedia.device, 'addrgenmode', 'none');
  run('address', 'add', `${address}/24`, 'dev', kMedia.device);
  run('link', 'set', kMedia.device, 'up');
  run('route', 'replace', 'default', 'dev', kMedia.device);
}

export class ImpairedNet {
  #holder;
  #dir;

  /** Inside toolchain/in-netns only; `dir` is for its files. The other namespace lives until stop(). */
  static async create({ dir }) {
    const net = new ImpairedNet();
    net.#dir = dir;
    net.#holder = new Child('far namespace', 'unshare', ['--net', 'sleep', 'infinity']);
    const ours = readlinkSync(kOurs);
    await until(() => readlinkSync(net.there) !== ours, { what: 'a second network namespace', detail: () => net.#holder.tail() });
    ip('link', 'set', 'lan1', 'netns', String(net.#holder.pid));
    const ip_there = (...words) => execFileSync('nsenter', [`--net=${net.there}`, '--', 'ip', ...words]);
    ip_there('link', 'set', 'lo', 'up');
    ip_there('address', 'add', `${kSignaling.there}/24`, 'dev', 'lan1');
    ip_there('link', 'set', 'lan1', 'up');
    add_media_device(ip, kMedia.here);
    add_media_device(ip_there, kMedia.there);
    return net;
  }

  /** File of the far namespace. */
  get there() {
    return `/proc/${this.#holder.pid}/ns/net`;
  }

  /** A program that runs `command` over there with whatever arguments it gets. */
  launcher(command) {
    const path = join(this.#dir, 'over-there');
    writeFileSync(path, `#!/bin/sh\nexec nsenter --net=${this.there} -- ${command} "$@"\n`, { mode: 0o755 });
    return path;
  }

  /** An emulated link; `to_there` and `to_here` as perch_netsim reads them. One at a time. */
  async start_link({ to_there = '', to_here = '', seed = 1 }) {
    const ends = ['--a', `${kOurs},${kMedia.device}`, '--b', `${this.there},${kMedia.device}`];
    const ways = ['--a-to-b', to_there, '--b-to-a', to_here, '--seed', String(seed), '--wait-for-signal'];
    const process = new Child('perch_netsim', built_program('perch_netsim'), [...ends, ...ways]);
    await process.wait_for_line(/"ready"/, { what: 'the emulated link' });
    return new Link(process);
  }

  async stop() {
    // A namespace goes with its last process; sleep does not say goodbye.
    this.#holder.kill_now();
    await this.#holder.ended;
  }
}

class Link {
  constructor(process) {
    this.process = process;
  }

  /** The impairment begins; the unix time of that [ms], by perch_netsim's own clock. */
  async begin() {
    this.process.kill('SIGUSR1');
    const [line] = await this.process.wait_for_line(/.*"started".*/, { what: 'the impairment to begin' });
    return JSON.parse(line).unix_ms;
  }

  /** Ends it and returns its counters: {a_to_b: from here to there, b_to_a}. */
  async stop() {
    await this.process.stop();
    return JSON.parse(this.process.lines.at(-1));
  }
}
