// Two brokers, bridged: the camera knows the private one, the browser the public one's WebSocket. With MQTT 5 between
// them and with 3.1.1, which drops every property on the way.
// needs: chromium
import { appendFileSync } from 'node:fs';
import { browser_test, expect, expect_moving_pictures, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';

/** Lines for the private broker: what goes out to the public one, what comes in. */
const bridge = (public_port, version) => [
  'connection to-public',
  `address 127.0.0.1:${public_port}`,
  `bridge_protocol_version ${version}`,
  'remote_clientid perch-bridge',
  'cleansession true',
  'restart_timeout 1',
  'topic perch/v1/+/state out 1',
  'topic perch/v1/+/to/# out 1',
  'topic perch/v1/+/in/# in 1',
  '',
];

async function watch_across(world, version) {
  const outside = await world.start_broker({ name: `public-${version}` });
  const inside = await world.start_broker({ name: `private-${version}`, page: false });
  await inside.stop();
  appendFileSync(inside.config, bridge(outside.mqtt_port, version).join('\n'));
  await inside.resume();
  const perchd = await world.start_perchd({ name: `perchd-${version}` });
  expect(perchd.config.broker.url === inside.mqtt_url, 'the camera on the private broker');
  world.broker = outside;
  const viewer = await world.open_viewer();
  const first_ms = await viewer.first_frame_ms();
  await viewer.start_probe();
  expect_moving_pictures(await viewer.until_samples(45));
  fact(`${version}: first picture after ${rounded(first_ms)} ms, through both brokers`);
  await viewer.close();
  await perchd.stop();
}

await browser_test('broker_bridge', async (world) => {
  for (const version of ['mqttv50', 'mqttv311']) await watch_across(world, version);
});
