// Only the invited: two browsers with different rights, a key that leaves the address bar, and what a page says without
// invitation, with a wrong key, after new rights, and when it was revoked.
// needs: chromium
import { artifact, browser_test, expect, fact } from './harness/browser_test.mjs';
import { until } from './harness/wait.mjs';

const kPage = 'perch-camera >> ';

/** The buttons a person sees in the corner. */
const buttons = (viewer) => viewer.page.evaluate(() => {
  const all = [...document.querySelector('perch-camera').shadowRoot.querySelectorAll('.bottom [data-do]')];
  return all.filter((button) => !button.hidden).map((button) => button.dataset.do);
});

await browser_test('sealed', async (world) => {
  const perchd = await world.start_perchd({ sealed: true, config: { audio: { source: 'tone' } } });
  const peer = await world.connect_peer();
  await peer.until_state((state) => state.access === 'sealed' && state.invited === false, { what: 'a state without guests' });
  const early = await world.open_viewer();
  await early.until_text(/Nobody is invited/);
  expect(!(await buttons(early)).includes('mute'), `nothing to press for strangers: ${await buttons(early)}`);
  await early.screenshot(artifact('sealed_nobody.png'));

  const owner = perchd.invite('owner', { rights: 'watch,listen,talk,control', expires: '30d' });
  const guest = perchd.invite('guest', { rights: 'watch' });
  await peer.until_state((state) => !('invited' in state), { what: 'a state with guests' });
  await early.until_text(/needs an invitation/);
  await early.close();

  const first = await world.open_viewer({ link: owner.link });
  await first.first_frame_ms();
  const key = /key=([^&]*)/.exec(owner.link)[1];
  expect(!first.page.url().includes('key') && !first.page.url().includes(key), `no key in the address bar: ${first.page.url()}`);
  expect((await buttons(first)).join() === 'mute,controls,snapshot,stats,full', `an owner's buttons, not ${await buttons(first)}`);
  await first.page.click(`${kPage}[data-do=controls]`);
  await first.until_text(/has no controls/); // the pattern's answer went to and fro sealed
  await first.screenshot(artifact('sealed_owner.png'));

  await world.start_chromium({ name: 'second-browser' });
  const second = await world.open_viewer({ link: guest.link });
  await second.first_frame_ms();
  expect((await buttons(second)).join() === 'snapshot,stats,full', `a guest's buttons, not ${await buttons(second)}`);
  const audio = await second.page.evaluate(() => /m=audio (\d+)/.exec(window.__perch.players[0].pc.remoteDescription.sdp)?.[1]);
  expect(audio === '0', `the audio section to be refused, not port ${audio}`);
  expect(/watching[\s\S]*watching/.test(perchd.perchctl('viewers')), 'perchctl to see both');

  // New rights begin the session anew, by themselves.
  const { session } = await second.player();
  perchd.perchctl('rights', 'guest', 'watch,listen');
  await second.until((player) => player?.session && player.session !== session && player.marks.first_frame, { what: 'a picture under new rights' });
  expect((await buttons(second)).includes('mute'), 'the guest to hear now');

  perchd.perchctl('revoke', 'guest');
  const revoked_at = performance.now();
  await second.until_text(/invitation was withdrawn/);
  fact(`revoked: told within ${Math.round(performance.now() - revoked_at)} ms`);
  expect(!(await second.shows_picture()), 'not even the last picture');
  await second.screenshot(artifact('sealed_revoked.png'));
  await first.until_frames_advance({ count: 30 });
  await second.page.reload();
  await second.until_text(/does not answer to this invitation/, 20_000);
  await second.screenshot(artifact('sealed_silence.png'));

  // The key is kept: a reload works, and so does the list without any link.
  await first.page.reload();
  await first.first_frame_ms();
  await first.page.goto(world.broker.page_url);
  await first.page.reload(); // from one fragment to none is no navigation
  await first.first_frame_ms();

  const damaged = await world.open_viewer({ link: owner.link.replace(key, key.slice(1)) });
  await damaged.until_text(/invitation is damaged/);
  const log = perchd.log_text();
  expect(!log.includes(key) && !JSON.stringify(peer.received).includes(key), 'the key neither in the log nor on the broker');
  await until(() => !perchd.perchctl('viewers').includes('guest'), { what: 'the guest to be gone from the list' });
});
