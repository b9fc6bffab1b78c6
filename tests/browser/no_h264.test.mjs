// A browser that cannot receive H.264 gets words a person understands, and the camera is not opened for it.
// needs: chromium
import { artifact, browser_test, expect } from './harness/browser_test.mjs';
import { without_h264 } from './harness/probe.mjs';
import { task_names } from './harness/proc.mjs';

await browser_test('no_h264', async (world) => {
  const perchd = await world.start_perchd();
  const viewer = await world.open_viewer({ init: without_h264 });
  await viewer.until_text(/cannot play|H\.264/i);
  const { error } = await viewer.player();
  expect(JSON.stringify(error ?? '').includes('no_common_codec'), `the camera's no_common_codec, not ${JSON.stringify(error)}`);
  await viewer.screenshot(artifact('no_h264.png'));
  expect(!task_names(perchd.pid).includes('video'), 'the camera still closed');
});
