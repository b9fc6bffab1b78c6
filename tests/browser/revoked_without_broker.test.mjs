// The broker is away when an invitation is withdrawn: the viewer's session ends at once all the same, and when the broker
// is back the viewer stays outside, while another one's picture never paused.
// needs: chromium
import { artifact, browser_test, expect, fact, longest_gap } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';
import { MqttPeer } from './harness/mqtt_peer.mjs';
import { SealedPeer } from './harness/sealed_peer.mjs';

await browser_test('revoked_without_broker', async (world) => {
  const perchd = await world.start_perchd({ sealed: true, guests: { owner: {}, guest: {} } });
  const { owner, guest } = perchd.invitations;
  const viewer = await world.open_viewer({ link: owner.link });
  const leaving = await world.open_viewer({ link: guest.link });
  for (const one of [viewer, leaving]) await one.first_frame_ms();
  await viewer.start_probe({ motion: false });
  const owners_hand = await SealedPeer.invited(world, owner.link);

  await world.broker.stop();
  const mark = perchd.process.mark();
  const withdrawn_at = performance.now();
  perchd.perchctl('revoke', 'guest');
  await perchd.process.wait_for_line(/viewer=guest\/\S+ state=ended reason=Revoked by=camera/, { from: mark, timeout_ms: 2_000 });
  await leaving.until((player) => player.state !== 'live', { what: 'the withdrawn picture to end', timeout_ms: 3_000 });
  fact(`without broker: the picture ended ${rounded(performance.now() - withdrawn_at, 0)} ms after the invitation`);
  await leaving.screenshot(artifact('revoked_without_broker.png'));

  await world.broker.resume();
  await owners_hand.mqtt.until_state((state) => state.online);
  const guests_hand = await SealedPeer.invited(world, guest.link);
  await leaving.until((player) => player.state === 'calling', { what: 'the page to call again' });
  await guests_hand.send(guests_hand.make(MqttPeer.new_session(), 'solicit'));
  // What the camera answers here was said after the guest's words, which it therefore has heard.
  const session = MqttPeer.new_session();
  await owners_hand.send(owners_hand.make(session, 'candidates', { candidates: [], done: true }));
  await owners_hand.until_heard(session, 'error');
  expect(perchd.process.lines.slice(mark).every((line) => !/viewer=guest\/\S+ state=new/.test(line)), 'no session for the guest');
  const said = guests_hand.mqtt.received.filter(({ topic }) => topic.includes('/to/'));
  expect(said.length === 0, `silence for the guest, not ${JSON.stringify(said)}`);
  await viewer.until_frames_advance({ count: 15 });
  const gap_ms = longest_gap(await viewer.samples());
  expect(gap_ms < 1000, `the owner's picture to go on, but it paused for ${gap_ms} ms`);
});
