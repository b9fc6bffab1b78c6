// Against a broker without MQTT 5 the agent falls back to 3.1.1 by itself, and answers offers as ever.
import { fileURLToPath } from 'node:url';
import mqtt from '../browser/harness/node_modules/mqtt/build/index.js';
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { Child } from '../browser/harness/process.mjs';
import { until } from '../browser/harness/wait.mjs';

await browser_test('broker_of_mqtt_3_1_1', async (world) => {
  const program = fileURLToPath(new URL('old_broker.mjs', import.meta.url));
  const old = new Child('aedes', process.execPath, [program]);
  try {
    const [, port] = await old.wait_for_line(/listening on (\d+)/, { what: 'the old broker to listen' });
    world.broker = { mqtt_url: `mqtt://127.0.0.1:${port}`, stop: async () => {} };
    const perchd = await world.start_perchd();
    await perchd.process.wait_for_line(/mod=mqtt state=connected .*version=3\.1\.1/, { what: 'a 3.1.1 connection', timeout_ms: 20_000 });
    fact('connected with 3.1.1');

    const client = await mqtt.connectAsync(world.broker.mqtt_url, { protocolVersion: 4 });
    const heard = [];
    client.on('message', (topic, payload) => heard.push({ topic, body: JSON.parse(payload) }));
    await client.subscribeAsync('perch/v1/front-door/#', { qos: 1 });
    await until(() => heard.some(({ body }) => body.online === true), { what: 'the retained state', timeout_ms: 10_000 });
    await client.publishAsync('perch/v1/front-door/in/old/AAAAAAAAAAAAAAAAAAAAAA/offer', '{"v":1,"seq":0,"epoch":"","sdp":"v=0"}', { qos: 1 });
    await until(() => heard.some(({ body }) => body.code === 'bad_request'), { what: 'an answer to a bad offer', timeout_ms: 10_000 });
    await perchd.stop();
    await until(() => heard.some(({ topic, body }) => topic.endsWith('/state') && body.online === false), { what: 'the offline state', timeout_ms: 10_000 });
    await client.endAsync(true);
    expect(!perchd.log_text().includes('level=error'), 'no error in the log');
  } finally {
    await old.stop();
  }
});
