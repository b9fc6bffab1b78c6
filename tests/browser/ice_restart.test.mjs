// The path breaks for longer than a browser waits: the page offers an ICE restart, and the call goes on where it was.
// needs: chromium
// needs: nft
import { browser_test, expect, expect_moving_pictures, fact } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';
import { here, join } from './harness/namespace.mjs';
import { until } from './harness/wait.mjs';

const kLimit_ms = 2_000;
const kWall = 'table inet wall { chain in { type filter hook input priority 0; meta l4proto udp drop; }; }';

const ufrag = (viewer) => viewer.page.evaluate(() => window.__perch.players[0].pc.localDescription.sdp.match(/a=ice-ufrag:(\S+)/)[1]);

await browser_test('ice_restart', async (world) => {
  const camera = await world.add_namespace('camera');
  join({ ns: here, name: 'home0', addresses: ['10.8.0.1/24'] }, { ns: camera, name: 'eth0', addresses: ['10.8.0.2/24'] });
  await world.start_broker({ mqtt_listen: '10.8.0.1' });
  const perchd = await world.start_perchd({ command: camera.command, config: { ice: { local_addresses: [], tcp: false } } });
  const viewer = await world.open_viewer({});
  await viewer.first_frame_ms();
  const { session } = await viewer.player();
  const first = await ufrag(viewer);

  camera.run('nft', kWall);
  await until(async () => (await ufrag(viewer)) !== first, { what: 'the page to restart ICE', timeout_ms: 10_000 });
  camera.run('nft', 'flush', 'ruleset');
  const open_at = performance.now();
  await viewer.until_frames_advance({ count: 1 });
  const back_ms = performance.now() - open_at;
  await viewer.start_probe();
  expect_moving_pictures(await viewer.until_samples(30));
  fact(`after the restart: picture back ${rounded(back_ms)} ms after the path`);
  expect(back_ms < kLimit_ms, `the picture back within ${kLimit_ms} ms, not ${rounded(back_ms)}`);
  expect((await viewer.player()).session === session, 'the same session');
  expect(perchd.log_text().match(/state=connected after_ms/g).length === 1, 'one DTLS handshake for all of it');
});
