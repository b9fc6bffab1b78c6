// The page asks the camera to make the offer: the picture comes all the same.
// needs: chromium
import { browser_test, expect, expect_moving_pictures } from './harness/browser_test.mjs';

await browser_test('solicit', async (world) => {
  const perchd = await world.start_perchd({ sealed: true });
  const viewer = await world.open_viewer({ link: perchd.invite('phone').link, fragment: { solicit: '1' } });
  await viewer.until((player) => player?.marks?.first_frame, { what: 'a first frame', timeout_ms: 20_000 });
  const offered = await viewer.page.evaluate(() => window.__perch.players[0].pc.remoteDescription.type);
  expect(offered === 'offer', `the camera's description to be the offer, not the ${offered}`);
  await viewer.start_probe();
  expect_moving_pictures(await viewer.until_samples(45));
});
