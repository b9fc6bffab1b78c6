// Light viewers of one camera, each in a namespace of its own behind an emulated link of its own; signaling beside it.
import { readFileSync } from 'node:fs';
import { join as path_of } from 'node:path';
import { here, join } from './namespace.mjs';
import { built_program } from './paths.mjs';
import { Child } from './process.mjs';

const media = (n, end) => `10.8.${n}.${end}`;
const signaling = (n, end) => `10.9.${100 + n}.${end}`;

/** Addresses of ours that a camera must offer for `count` such viewers, and no others. */
export const media_addresses = (count) => Array.from({ length: count }, (_, i) => media(i + 1, 1));

/** One end of a link; packets to the other end go in there by their destination. */
function add_media_device(ns, name, address) {
  ns.run('ip', 'tuntap', 'add', 'dev', name, 'mode', 'tun');
  ns.run('ip', 'link', 'set', name, 'addrgenmode', 'none');
  ns.run('ip', 'address', 'add', `${address}/24`, 'dev', name);
  ns.run('ip', 'link', 'set', name, 'up');
}

export class FarReceiver {
  /** The `n`-th (from 1) behind `link`, {to_there, to_here} as perch_netsim reads them, whose time begins now. Needs world.broker. */
  static async create(world, n, link) {
    const far = new FarReceiver();
    far.world = world;
    far.n = n;
    far.ns = await world.add_namespace(`viewer ${n}`);
    join({ ns: here, name: `sig${n}`, addresses: [`${signaling(n, 1)}/24`] }, { ns: far.ns, name: 'sig0', addresses: [`${signaling(n, 2)}/24`] });
    far.ns.run('ip', 'route', 'add', world.broker.mqtt_listen, 'via', signaling(n, 1));
    add_media_device(here, `media${n}`, media(n, 1));
    add_media_device(far.ns, 'media0', media(n, 2));
    const ends = ['--a', `/proc/self/ns/net,media${n}`, '--b', `/proc/${far.ns.pid}/ns/net,media0`];
    const argv = [...ends, '--a-to-b', link.to_there, '--b-to-a', link.to_here, '--seed', String(n)];
    far.link = new Child(`link ${n}`, built_program('perch_netsim'), argv);
    await far.link.wait_for_line(/"started"/, { what: `link ${n}` });
    return far;
  }

  /** Watches `camera` for `seconds`; `window` of them at the end are measured. */
  watch({ camera, seconds, window, plis = 0 }) {
    this.json = path_of(this.world.dir, `viewer-${this.n}.json`);
    const args = ['--broker', this.world.broker.mqtt_url, '--camera', camera, '--seconds', seconds, '--window', window, '--plis', plis];
    const argv = [...this.ns.command, built_program('perch_receiver'), ...args.map(String), '--look', '--local-address', media(this.n, 2), '--json', this.json];
    this.receiver = new Child(`viewer ${this.n}`, argv[0], argv.slice(1));
  }

  /** What it received in the window: {kbps, keyframes, plis, width, ...}, and `window` [s]. */
  async seen() {
    const { code } = await this.receiver.ended;
    if (code !== 0) throw new Error(`viewer ${this.n} failed\n${this.receiver.tail()}`);
    const { window, viewers } = JSON.parse(readFileSync(this.json, 'utf8'));
    return { window, ...viewers[0] };
  }

  async stop() {
    this.receiver?.kill_now();
    await this.link.stop();
  }
}
