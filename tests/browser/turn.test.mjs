// No direct path: the picture comes through a TURN server, asked for by the page or the camera, over UDP and TCP.
// needs: chromium
// needs: turnserver
import { browser_test, expect, expect_moving_pictures, fact } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';
import { relay_only, relay_only_on_both_sides } from './harness/probe.mjs';

await browser_test('turn', async (world) => {
  const turn = await world.start_turn_server();
  const perchd = await world.start_perchd({ config: { ice: { servers: [turn.uri()] } } });
  const ways = [
    ['page over UDP', relay_only, turn.uri('udp')],
    ['page over TCP', relay_only, turn.uri('tcp')],
    ['both sides', relay_only_on_both_sides, turn.uri('udp')],
  ];
  for (const [name, init, ice] of ways) {
    const viewer = await world.open_viewer({ fragment: { ice }, init });
    const first_frame_ms = await viewer.first_frame_ms({ timeout_ms: 20_000 });
    await viewer.start_probe();
    expect_moving_pictures(await viewer.until_samples(45));
    const path = await viewer.path_in_use();
    fact(`${name}: first frame after ${rounded(first_frame_ms)} ms, path ${path.join(' <-> ')}`);
    expect(path[0] === 'relay', `a relayed path on the page's side, not ${path}`);
    await viewer.close();
  }
  expect(!perchd.log_text().includes('secret'), 'no TURN password in the log');
  await perchd.stop();

  // The page needs its own address known to the camera: the server tells it as STUN.
  const hidden = await world.start_perchd({ name: 'hidden', config: { ice: { servers: [turn.uri('tcp')], force_relay: true }, log: { level: 'debug' } } });
  const viewer = await world.open_viewer({ fragment: { ice: `stun:127.0.0.1:${turn.port}` } });
  const first_frame_ms = await viewer.first_frame_ms({ timeout_ms: 20_000 });
  const [, pair] = await hidden.process.wait_for_line(/ice=connected pair="([^"]+)"/);
  fact(`camera over TCP: first frame after ${rounded(first_frame_ms)} ms, camera ${pair}`);
  expect(pair.startsWith('relay '), `a relayed path on the camera's side, not ${pair}`);
  expect(/session \d+: .*TCP|TCP.*session/i.test(turn.process.lines.join('\n')), 'TCP at the TURN server');
});
