// The agent restarts: the last picture stays on screen, words say why, and the picture returns without a click.
// needs: chromium
import { artifact, browser_test, expect, expect_moving_pictures, fact } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';
import { brightness } from './harness/picture.mjs';

await browser_test('camera_restart', async (world) => {
  const perchd = await world.start_perchd({ sealed: true });
  const viewer = await world.open_viewer({ link: perchd.invite('phone').link });
  await viewer.first_frame_ms();
  await viewer.until_frames_advance({ count: 30 });
  const { session } = await viewer.player();
  const helper = await world.chromium.new_page();
  const live = await brightness(viewer, helper);

  await perchd.stop();
  await viewer.until_text(/The camera is (restarting|offline)/);
  const kept = await brightness(viewer, helper);
  await viewer.screenshot(artifact('camera_restart.png'));
  fact(`picture while away: mean ${rounded(kept.mean)} (live ${rounded(live.mean)}), deviation ${rounded(kept.deviation)} (live ${rounded(live.deviation)})`);
  expect(await viewer.shows_picture(), 'a picture behind the words');
  expect(kept.deviation > live.deviation / 3, 'the last picture kept on screen');

  await perchd.resume();
  const ready_at = performance.now();
  await viewer.until((player) => player?.session && player.session !== session && player.marks.first_frame, {
    what: 'a picture in a new session, by itself',
    timeout_ms: 20_000,
  });
  fact(`picture back ${rounded(performance.now() - ready_at, 0)} ms after the agent was ready`);
  await viewer.start_probe();
  expect_moving_pictures(await viewer.until_samples(45));
});
