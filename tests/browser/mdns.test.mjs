// Browsers tell a random `.local` name instead of their address. The camera asks the network for it: where its firewall
// lets nobody in, that alone finds a path; where nobody answers, nothing waits for it.
// needs: chromium
// needs: nft
import { createSocket } from 'node:dgram';
import { browser_test, expect, expect_moving_pictures, fact } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';
import { here, join } from './harness/namespace.mjs';
import { with_world } from './harness/world.mjs';

const kLimit_ms = 1_000; // an answer is waited for five times as long

const input = (rules) => `table inet wall { chain in { type filter hook input priority 0; ${rules} }; }`;
const kClosed = 'meta l4proto udp ct state new udp dport != 5353 drop;';
const kFoundFirst = /^host \S+ <-> host (10\.8\.0\.1|fd00:8::1):/;
const kCases = [
  { name: 'nobody may reach the camera first', rules: input(kClosed), pair_pattern: kFoundFirst },
  { name: 'the same, answered over IPv6', rules: input(`${kClosed} ip daddr 224.0.0.251 drop;`), pair_pattern: kFoundFirst, answer: answer_over_ipv6 },
  { name: 'nobody answers', rules: input('udp dport 5353 drop;'), pair_pattern: / <-> prflx / },
];

/** Chromium speaks multicast DNS over IPv4 only. This tells everyone who asks for an IPv6 address the browser's. */
async function answer_over_ipv6() {
  const socket = createSocket({ type: 'udp6', reuseAddr: true });
  await new Promise((resolve) => socket.bind(5353, resolve));
  socket.addMembership('ff02::fb', '::%home0');
  socket.setMulticastInterface('::%home0');
  socket.on('message', (query) => {
    const question = query.subarray(12);
    if (query[2] !== 0 || question.readUInt16BE(question.length - 4) !== 28) return;
    const header = Buffer.from([0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    const record = Buffer.from([0, 0, 0, 120, 0, 16, 0xfd, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    socket.send([header, question, record], 5353, 'ff02::fb%home0');
  });
  return socket;
}

async function watch(world, { rules, pair_pattern, answer }) {
  const camera = await world.add_namespace('camera');
  join({ ns: here, name: 'home0', addresses: ['10.8.0.1/24', 'fd00:8::1/64', 'fe80::1/64'] }, { ns: camera, name: 'eth0', addresses: ['10.8.0.2/24', 'fd00:8::2/64', 'fe80::2/64'] });
  here.run('ip', 'route', 'add', 'default', 'via', '10.8.0.2');
  here.run('ip', '-6', 'route', 'add', 'default', 'via', 'fd00:8::2');
  camera.run('nft', rules);
  const responder = await answer?.();
  await world.start_broker({ mqtt_listen: '10.8.0.1' });
  const perchd = await world.start_perchd({ command: camera.command, config: { ice: { local_addresses: [], tcp: false }, log: { level: 'debug' } } });
  const viewer = await world.open_viewer({});
  const first_frame_ms = await viewer.first_frame_ms({ timeout_ms: 15_000 });
  await viewer.start_probe();
  expect_moving_pictures(await viewer.until_samples(30));
  const [, pair] = await perchd.process.wait_for_line(/ice=connected pair="([^"]+)"/);
  expect(pair_pattern.test(pair), `a pair like ${pair_pattern}, not ${pair}`);
  expect(/remote_candidate="candidate:\S+ 1 udp \S+ [-0-9a-f]{36}\.local /.test(perchd.log_text()), 'candidates with names only');
  responder?.close();
  return { first_frame_ms, pair };
}

await browser_test('mdns', async () => {
  here.run('ip', 'link', 'del', 'lan0');
  for (const one of kCases) {
    const { first_frame_ms, pair } = await with_world('mdns', (world) => watch(world, one));
    fact(`${one.name}: first frame after ${rounded(first_frame_ms)} ms, ${pair}`);
    expect(first_frame_ms < kLimit_ms, `no waiting, but it took ${rounded(first_frame_ms)} ms`);
  }
});
