// Without a broker, or with a name that no resolver knows, the agent starts all the same and keeps trying.
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { perchctl_json } from '../browser/harness/perchctl.mjs';
import { free_port } from '../browser/harness/ports.mjs';
import { rounded } from '../browser/harness/figures.mjs';

async function unknown_host(world) {
  const perchd = await world.start_perchd({ name: 'unknown-host', config: { broker: { url: 'mqtt://broker.invalid:1883' } } });
  await perchd.process.wait_for_line(/mod=mqtt state=retrying host="broker.invalid" .*reason="no address is known for broker.invalid \(DNS\)"/, {
    what: 'a clear line about the name',
    timeout_ms: 30_000,
  });
  const { trouble } = (await perchctl_json(perchd, 'status')).broker;
  expect(trouble.includes('DNS'), `perchctl to say so too, not "${trouble}"`);
  const asked_at = performance.now();
  await perchd.stop();
  const stop_ms = performance.now() - asked_at;
  fact(`unknown host: still running, ended ${rounded(stop_ms, 0)} ms after it was asked to`);
  expect(stop_ms < 2000, 'a quick end in the middle of a try');
}

async function broker_comes_later(world) {
  const mqtt_port = await free_port();
  world.broker = { mqtt_url: `mqtt://127.0.0.1:${mqtt_port}` };
  const perchd = await world.start_perchd({ name: 'early' });
  await perchd.process.wait_for_line(/mod=mqtt state=retrying .*reason="Connection refused"/, { what: 'a clear line about the broker', timeout_ms: 10_000 });
  await world.start_broker({ mqtt_port, page: false });
  const up_at = performance.now();
  const peer = await world.connect_peer();
  await peer.until_state((state) => state.online, { what: 'the camera on the broker', timeout_ms: 10_000 });
  const back_ms = performance.now() - up_at;
  fact(`on the broker ${rounded(back_ms, 0)} ms after it started`);
  expect(back_ms <= 5000, 'signaling within 5 s of the broker');
  await perchd.stop();
}

await browser_test('broker_absent_at_start', async (world) => {
  await unknown_host(world);
  await broker_comes_later(world);
});
