// Without a broker, with a name that no resolver knows, or with something at its port that never says a word, the agent
// starts all the same, says what is wrong, and keeps trying.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { own_etc } from '../browser/harness/own_etc.mjs';
import { perchctl_json } from '../browser/harness/perchctl.mjs';
import { free_port } from '../browser/harness/ports.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { until } from '../browser/harness/wait.mjs';

const kMute = 'something takes the connection and says nothing in 10 s';

// Every packet to there is dropped, as by a firewall.
const kBlackHole = '10.9.9.2';
const dig_black_hole = () => execFileSync('ip', ['neigh', 'replace', kBlackHole, 'lladdr', '02:00:00:00:00:01', 'dev', 'lan0', 'nud', 'permanent']);

/** A camera at `url` that says these words, in the log and by perchctl, and then tries again; `nameserver` is who it asks for addresses. */
async function complains(world, name, url, words, nameserver = '127.0.0.1') {
  const resolv_conf = join(world.dir, `${name}.resolv.conf`);
  writeFileSync(resolv_conf, `nameserver ${nameserver}\noptions timeout:30\n`);
  const perchd = await world.start_perchd({ name, config: { broker: { url } }, command: own_etc({ 'resolv.conf': resolv_conf }) });
  const [, reason] = await perchd.process.wait_for_line(/mod=mqtt state=retrying .*reason="([^"]*)"/, { what: 'a clear line', timeout_ms: 20_000 });
  expect(reason === words, `"${words}", not "${reason}"`);
  const { trouble } = (await perchctl_json(perchd, 'status')).broker;
  expect(trouble === words, `perchctl to say so too, not "${trouble}"`);
  await until(async () => (await perchctl_json(perchd, 'status')).broker.attempts > 1, { what: 'another try' });
  fact(`${name}: ${words}`);
  const asked_at = performance.now();
  await perchd.stop();
  const stop_ms = performance.now() - asked_at;
  expect(stop_ms < 2000, `a quick end in the middle of a try, not ${rounded(stop_ms, 0)} ms`);
}

/** Takes connections and never says a word, as a broker does whose machine swaps. */
async function mute_port() {
  const server = createServer((socket) => socket.on('error', () => {})).unref();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
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
  world.broker = { mqtt_url: 'mqtt://127.0.0.1:1' };
  const port = await mute_port();
  dig_black_hole();
  await Promise.all([
    complains(world, 'unknown-host', 'mqtt://broker.invalid:1883', 'no address is known for broker.invalid (DNS)'),
    complains(world, 'silent-dns', 'mqtt://broker.invalid:1883', 'no answer in 10 s from DNS about broker.invalid', kBlackHole),
    complains(world, 'mute', `mqtt://127.0.0.1:${port}`, kMute),
    complains(world, 'mute-tls', `mqtts://127.0.0.1:${port}`, kMute),
    complains(world, 'firewall', `mqtt://${kBlackHole}:1883`, 'no answer in 10 s'),
  ]);
  await broker_comes_later(world);
});
