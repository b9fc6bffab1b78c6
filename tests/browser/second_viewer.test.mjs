// A second viewer joins and leaves: the first does not notice, and the camera still encodes once.
// needs: chromium
import { browser_test, expect, expect_moving_pictures, fact, longest_gap } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';
import { task_names } from './harness/proc.mjs';

await browser_test('second_viewer', async (world) => {
  const perchd = await world.start_perchd({ sealed: true });
  const peer = await world.connect_peer();
  const first = await world.open_viewer({ link: perchd.invite('first').link });
  await first.first_frame_ms();
  await first.until_frames_advance({ count: 30 });
  const threads_with_one = perchd.threads;
  await first.start_probe({ motion: false });

  const second = await world.open_viewer({ link: perchd.invite('second').link });
  fact(`second viewer's first frame after ${rounded(await second.first_frame_ms())} ms`);
  await second.start_probe();
  expect_moving_pictures(await second.until_samples(45));
  await peer.until_state((state) => state.viewers === 2, { what: 'state with two viewers' });
  const names = task_names(perchd.pid);
  expect(names.filter((name) => name === 'video').length === 1, `one video thread, not ${names}`);
  expect(perchd.threads === threads_with_one, `no further thread for a further viewer: ${threads_with_one} before, now ${names}`);

  await second.close();
  await peer.until_state((state) => state.viewers === 1, { what: 'state with one viewer again', timeout_ms: 12_000 });
  await first.until_frames_advance({ count: 30 });
  const gap_ms = longest_gap(await first.samples());
  fact(`first viewer's longest pause between frames: ${rounded(gap_ms)} ms`);
  expect(gap_ms < 1000, `the first viewer undisturbed, but its picture stood for ${gap_ms} ms`);
});
