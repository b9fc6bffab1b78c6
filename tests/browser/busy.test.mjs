// One viewer more than max_viewers is told so in words, and gets the picture when a place becomes free.
// needs: chromium
import { artifact, browser_test, expect, fact } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';

await browser_test('busy', async (world) => {
  await world.start_perchd({ config: { access: { max_viewers: 1 } } });
  const peer = await world.connect_peer();
  const first = await world.open_viewer();
  await first.first_frame_ms();
  await peer.until_state((state) => state.viewers === 1 && state.max_viewers === 1);

  const second = await world.open_viewer();
  await second.until_text(/busy/i);
  await second.screenshot(artifact('busy.png'));
  await first.until_frames_advance({ count: 30 });
  expect(peer.state.viewers === 1, 'one viewer still');

  await first.close();
  const free_at = performance.now();
  await second.until((player) => player?.marks?.first_frame, { what: 'the picture once a place is free', timeout_ms: 40_000 });
  fact(`picture ${rounded((performance.now() - free_at) / 1000)} s after the first viewer left`);
});
