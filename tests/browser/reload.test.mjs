// Reloading the page gives a new session at once and leaves no old one behind.
// needs: chromium
import { browser_test, expect, fact } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';

const kReloads = 3;

await browser_test('reload', async (world) => {
  const perchd = await world.start_perchd({ sealed: true });
  const peer = await world.connect_peer();
  const viewer = await world.open_viewer({ link: perchd.invite('phone').link });
  await viewer.first_frame_ms();
  for (let left = kReloads; left > 0; left--) {
    const { session } = await viewer.player();
    await viewer.page.reload();
    fact(`first frame ${rounded(await viewer.first_frame_ms())} ms after the reload's offer`);
    const now = await viewer.player();
    expect(now.session !== session, 'a session of its own after the reload');
    await viewer.until_frames_advance({ count: 15 });
  }
  await peer.until_state((state) => state.viewers === 1, { what: 'state with just the reloaded viewer', timeout_ms: 12_000 });
});
