// A network without Internet and names: watching works at once, whatever servers are configured that cannot be reached.
// needs: chromium
import { browser_test, expect, expect_moving_pictures, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { here, join } from '../browser/harness/namespace.mjs';
import { with_world } from '../browser/harness/world.mjs';

const kLimit_ms = 1_000; // a name or an address that does not answer takes 5 s and more to be given up

const kCases = [
  ['no server configured', { servers: [], route: true }],
  ['no route to anywhere either', { servers: [], route: false }],
  ['a STUN server that does not answer', { servers: ['stun:192.0.2.1:3478'], route: true }],
  ['a STUN server whose name cannot be looked up', { servers: ['stun:stun.example.org'], route: true }],
  ['a TURN server whose name cannot be looked up', { servers: ['turn:u:p@turn.example.org'], route: true }],
];

async function watch(world, { servers, route }) {
  const camera = await world.add_namespace('camera');
  join({ ns: here, name: 'home0', addresses: ['10.8.0.1/24'] }, { ns: camera, name: 'eth0', addresses: ['10.8.0.2/24'] });
  // The way out of a router that is there but has no line: what is sent there disappears.
  const ends = route ? [[here, 'home0'], [camera, 'eth0']] : [];
  for (const [ns, name] of ends) ns.run('ip', 'route', 'add', 'default', 'via', '10.8.0.99', 'dev', name);
  await world.start_broker({ mqtt_listen: '10.8.0.1' });
  await world.start_perchd({ command: camera.command, config: { ice: { servers, local_addresses: [] } } });
  const first_frames_ms = [];
  for (let join_number = 0; join_number < 3; join_number++) {
    const viewer = await world.open_viewer({});
    first_frames_ms.push(await viewer.first_frame_ms({ timeout_ms: 20_000 }));
    await viewer.start_probe();
    expect_moving_pictures(await viewer.until_samples(30));
    await viewer.close();
  }
  return first_frames_ms.sort((a, b) => a - b)[1];
}

await browser_test('lan_only', async () => {
  here.run('ip', 'link', 'del', 'lan0');
  for (const [name, setup] of kCases) {
    const median_ms = await with_world('lan_only', (world) => watch(world, setup));
    fact(`${name}: first frame after ${rounded(median_ms)} ms (median of 3)`);
    expect(median_ms < kLimit_ms, `no waiting, but it took ${rounded(median_ms)} ms with ${name}`);
  }
});
