// A TURN server with a shared secret: the camera and each viewer have credentials of their own, told in the sealed part
// of the signaling, never in `state`; a page that knew of no server takes the camera's after it found no direct path.
// needs: chromium
// needs: turnserver
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { browser_test, expect, expect_moving_pictures, fact } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';
import { relay_only } from './harness/probe.mjs';

const kSecret = 'north wind';

await browser_test('turn_secret', async (world) => {
  const turn = await world.start_turn_server({ secret: kSecret });
  const turn_secret_file = join(world.dir, 'turn.secret');
  writeFileSync(turn_secret_file, `${kSecret}\n`, { mode: 0o600 });
  const perchd = await world.start_perchd({ config: { ice: { servers: [turn.uri()], turn_secret_file, force_relay: true } } });
  const peer = await world.connect_peer();
  await peer.until_state((state) => state.online);

  const viewer = await world.open_viewer({ fragment: { viewer: 'kitchen-phone' }, init: relay_only });
  const first_frame_ms = await viewer.first_frame_ms({ timeout_ms: 20_000 });
  await viewer.start_probe();
  expect_moving_pictures(await viewer.until_samples(45));
  const path = await viewer.path_in_use();
  fact(`first frame after ${rounded(first_frame_ms)} ms, path ${path.join(' <-> ')}`);
  expect(path.join() === 'relay,relay', `relays on both sides, not ${path}`);
  const users = new Set([...turn.process.lines.join('\n').matchAll(/user <(\d+:[\w-]+)>/g)].map(([, user]) => user.replace(/^\d+/, 'T')));
  fact(`users at the TURN server: ${[...users].sort().join(', ')}`);
  expect(users.has('T:camera') && users.has('T:kitchen-phone'), 'the camera and the viewer each under a name of its own');
  const told = JSON.stringify(peer.state);
  expect(/"stun:127/.test(told) && !/turn:|credential/.test(told), `the server as STUN and no credentials in state: ${told}`);
  expect(!perchd.log_text().includes(kSecret), 'no secret in the log');
});
