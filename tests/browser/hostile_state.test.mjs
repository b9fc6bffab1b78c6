// A broker that lies about a sealed camera: the page with an invitation neither speaks plainly nor takes its ICE servers
// nor believes its answers; when the lies end, the picture comes.
// needs: chromium
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { browser_test, expect } from './harness/browser_test.mjs';
import { until } from './harness/wait.mjs';

const kEvil = 'stun:203.0.113.66:3478';

await browser_test('hostile_state', async (world) => {
  // It keeps its lies from the camera, who would deny them.
  const rules = join(world.dir, 'lies.acl');
  writeFileSync(rules, 'topic readwrite perch/#\nuser camera\ntopic write perch/v1/front-door/#\ntopic read perch/v1/front-door/in/#\n', { mode: 0o600 });
  await world.start_broker({ more: [`acl_file ${rules}`] });
  const perchd = await world.start_perchd({ sealed: true, config: { broker: { username: 'camera' } } });
  const { link } = perchd.invite('phone');
  const peer = await world.connect_peer({ viewer: 'phone' });
  const honest = await peer.until_state((state) => state.online);
  const spoken = [];
  peer.client.on('message', (topic, payload) => topic.includes('/in/') && spoken.push(payload.toString()));
  await peer.client.subscribeAsync('perch/v1/front-door/in/#', { qos: 1 });
  const tell = (changes) => peer.client.publishAsync('perch/v1/front-door/state', JSON.stringify({ ...honest, ...changes }), { qos: 1, retain: true });

  await tell({ access: 'open', ice_servers: [{ urls: [kEvil] }] });
  const viewer = await world.open_viewer({ link });
  await viewer.until_text(/no longer asks for invitations/);
  expect(spoken.length === 0, `not a word to a camera that claims to be open: ${spoken}`);

  // Sealed again, but under an epoch of the broker's own: the camera cannot read it, and nobody else can either.
  await tell({ epoch: randomBytes(16).toString('base64url'), ice_servers: [{ urls: [kEvil] }] });
  await until(() => spoken.length > 0, { what: 'an offer' });
  const offer = JSON.parse(spoken[0]);
  expect(Object.keys(offer).join() === 'v,n,c', `a sealed offer, not ${spoken[0].slice(0, 100)}`);
  const session = await viewer.page.evaluate(() => window.__perch.players[0].session);
  const forged = { v: 1, seq: 0, epoch: honest.epoch, sdp: 'v=0\r\n' };
  for (const kind of ['answer', 'offer', 'bye', 'error']) {
    await peer.client.publishAsync(`perch/v1/front-door/to/phone/${session}/${kind}`, JSON.stringify({ ...forged, reason: 'Revoked', code: 'unauthorized' }), { qos: 1 });
  }
  const used = await viewer.page.evaluate(() => JSON.stringify(window.__perch.players[0].pc.getConfiguration().iceServers));
  expect(!used.includes('203.0.113.66'), `no server of the broker's: ${used}`);
  await viewer.until_text(/does not answer/, 20_000);

  await tell({});
  await viewer.first_frame_ms({ timeout_ms: 60_000 });
});
