// A network that drops UDP, and no relay: the page connects to a TCP port of the camera, which nobody else can after that.
// needs: chromium
// needs: nft
import { connect } from 'node:net';
import { browser_test, expect, expect_moving_pictures, fact, longest_gap } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';
import { here, join } from './harness/namespace.mjs';
import { until } from './harness/wait.mjs';

const kCamera = '10.8.0.2';
const kWall = `table inet wall { ${['input', 'output'].map((hook) => `chain ${hook} { type filter hook ${hook} priority 0; meta l4proto udp drop; };`).join(' ')} }`;

/** The TCP port that perchd listens on. */
function tcp_port(camera) {
  return camera.run('ss', '-Htln', 'src', kCamera).match(/:(\d+)\s/)[1];
}

/** Whether the camera takes a connection at that port within `timeout_ms`. */
function can_connect(port, timeout_ms) {
  return new Promise((resolve) => {
    const socket = connect({ host: kCamera, port });
    const timer = setTimeout(() => done(false), timeout_ms);
    const done = (outcome) => { clearTimeout(timer); socket.destroy(); resolve(outcome); };
    socket.on('connect', () => done(true)).on('error', () => done(false));
  });
}

async function watch(world, perchd, protocol) {
  const from = perchd.process.mark();
  const viewer = await world.open_viewer({});
  const first_frame_ms = await viewer.first_frame_ms({ timeout_ms: 15_000 });
  await viewer.start_probe();
  const samples = await viewer.until_samples(90);
  expect_moving_pictures(samples);
  const [ours, theirs] = await viewer.path_ends();
  const [, pair] = await perchd.process.wait_for_line(/ice=connected pair="([^"]+)"/, { from });
  fact(`first frame after ${rounded(first_frame_ms)} ms, longest gap ${rounded(longest_gap(samples))} ms; page ${ours.protocol} ${ours.tcpType ?? ''} <-> ${theirs.protocol} ${theirs.tcpType ?? ''} ${theirs.address}; camera ${pair}`);
  expect(ours.protocol === protocol && theirs.protocol === protocol && theirs.address === kCamera, `${protocol} straight to the camera`);
  return viewer;
}

await browser_test('ice_tcp', async (world) => {
  here.run('ip', 'link', 'del', 'lan0');
  const camera = await world.add_namespace('camera');
  join({ ns: here, name: 'home0', addresses: ['10.8.0.1/24'] }, { ns: camera, name: 'eth0', addresses: [`${kCamera}/24`] });
  here.run('ip', 'route', 'add', 'default', 'via', kCamera);
  camera.run('nft', kWall);
  await world.start_broker({ mqtt_listen: '10.8.0.1' });
  const perchd = await world.start_perchd({ command: camera.command, config: { ice: { local_addresses: [] }, log: { level: 'debug' } } });
  const over_tcp = await watch(world, perchd, 'tcp');
  expect(!(await can_connect(tcp_port(camera), 500)), 'no further connection taken while one is in use');
  await over_tcp.until_frames_advance({ count: 30 });
  await over_tcp.close();

  camera.run('nft', 'flush', 'ruleset');
  const over_udp = await watch(world, perchd, 'udp');
  expect(!(await can_connect(tcp_port(camera), 500)), 'no connection taken while UDP is in use');

  // What worked is blocked while somebody watches: the next search listens again.
  camera.run('nft', kWall);
  const blocked_at = Date.now();
  await until(async () => (await over_udp.path_ends().catch(() => [{}]))[0].protocol === 'tcp', { what: 'a path over TCP', timeout_ms: 20_000 });
  await over_udp.until_frames_advance({ count: 30 });
  fact(`UDP blocked while watching: over TCP ${rounded((Date.now() - blocked_at) / 1000)} s later`);
});
