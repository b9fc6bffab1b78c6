// Camera and viewer on a network that speaks IPv4 only, IPv6 only, or both.
// needs: chromium
import { browser_test, expect, expect_moving_pictures, fact } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';
import { here, join } from './harness/namespace.mjs';
import { with_world } from './harness/world.mjs';

const k4 = { home: ['10.8.0.1/24'], camera: ['10.8.0.2/24'], broker: '10.8.0.1', pattern: /^10\.8\.0\.2$/ };
const k6 = { home: ['fd00:8::1/64', 'fe80::1/64'], camera: ['fd00:8::2/64', 'fe80::2/64'], broker: 'fd00:8::1', pattern: /^\[?fd00:8::2\]?$/ };
const kBoth = { home: [...k4.home, ...k6.home], camera: [...k4.camera, ...k6.camera], broker: '10.8.0.1', pattern: /^(10\.8\.0\.2|\[?fd00:8::2\]?)$/ };

async function watch(world, { home, camera, broker, pattern }) {
  const ns = await world.add_namespace('camera');
  join({ ns: here, name: 'home0', addresses: home }, { ns, name: 'eth0', addresses: camera });
  if (home.includes(k4.home[0])) here.run('ip', 'route', 'add', 'default', 'via', '10.8.0.2');
  if (home.includes(k6.home[0])) here.run('ip', '-6', 'route', 'add', 'default', 'via', 'fd00:8::2');
  await world.start_broker({ mqtt_listen: broker });
  await world.start_perchd({ command: ns.command, config: { ice: { local_addresses: [] } } });
  // In a namespace without any IPv4 Chromium's mDNS responder does not start, and without it no address is told.
  await world.start_chromium({ flags: broker === k6.broker ? ['--disable-features=WebRtcHideLocalIpsWithMdns'] : [] });
  const viewer = await world.open_viewer({});
  const first_frame_ms = await viewer.first_frame_ms({ timeout_ms: 20_000 });
  await viewer.start_probe();
  expect_moving_pictures(await viewer.until_samples(45));
  const [, { address }] = await viewer.path_ends();
  expect(pattern.test(address), `the camera at ${pattern}, not ${address}`);
  return `first frame after ${rounded(first_frame_ms)} ms from ${address}`;
}

await browser_test('ipv6', async () => {
  here.run('ip', 'link', 'del', 'lan0');
  for (const [name, network] of [['IPv4 only', k4], ['IPv6 only', k6], ['both', kBoth]]) {
    fact(`${name}: ${await with_world('ipv6', (world) => watch(world, network))}`);
  }
});
