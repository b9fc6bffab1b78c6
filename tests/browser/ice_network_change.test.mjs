// The camera's address is replaced while somebody watches: it finds a new path by itself, and the call goes on.
// needs: chromium
import { browser_test, expect, expect_moving_pictures, fact, longest_gap } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';
import { here, join } from './harness/namespace.mjs';
import { until } from './harness/wait.mjs';

const kLimit_ms = 2_000;

async function moved(viewer, address) {
  const camera_end = async () => (await viewer.path_ends())[1];
  await until(async () => (await camera_end()).address === address, { what: `the path to lead to ${address}`, detail: async () => JSON.stringify(await camera_end()) });
}

await browser_test('ice_network_change', async (world) => {
  const camera = await world.add_namespace('camera');
  join({ ns: here, name: 'home0', addresses: ['10.8.0.1/24'] }, { ns: camera, name: 'eth0', addresses: ['10.8.0.2/24'] });
  await world.start_broker({ mqtt_listen: '10.8.0.1' });
  const perchd = await world.start_perchd({ command: camera.command, config: { ice: { local_addresses: [] } } });
  const viewer = await world.open_viewer({});
  await viewer.first_frame_ms();
  const { session } = await viewer.player();
  expect((await viewer.path_ends())[1].address === '10.8.0.2', 'a path to the first address');

  const changes = [
    ['another lease', '10.8.0.77', ['address del 10.8.0.2/24 dev eth0', 'address add 10.8.0.77/24 dev eth0']],
    ['cable out, and in with another address after a second', '10.8.0.78', ['address del 10.8.0.77/24 dev eth0', null, 'address add 10.8.0.78/24 dev eth0']],
  ];
  for (const [name, address, commands] of changes) {
    await viewer.start_probe();
    await viewer.until_samples(15);
    let away_ms = 0;
    for (const command of commands) {
      if (command) camera.run('ip', ...command.split(' '));
      else await new Promise((resolve) => setTimeout(resolve, (away_ms = 1_000)));
    }
    await moved(viewer, address);
    const samples = await viewer.until_samples((await viewer.samples()).length + 60);
    expect_moving_pictures(samples.slice(-30));
    const gap_ms = longest_gap(samples) - away_ms;
    fact(`${name}: no picture for ${rounded(gap_ms)} ms${away_ms ? ' beyond that' : ''}`);
    expect(gap_ms < kLimit_ms, `the picture back within ${kLimit_ms} ms, not ${rounded(gap_ms)}`);
    expect((await viewer.player()).session === session, 'the same session, and so the same DTLS association');
  }
  const log = perchd.log_text();
  expect(log.match(/state=connected after_ms/g).length === 1, 'one DTLS handshake for all of it');
});
