// A page opened before the camera exists says so, and shows the picture when the camera comes.
// needs: chromium
import { artifact, browser_test, expect_moving_pictures } from './harness/browser_test.mjs';

await browser_test('offline', async (world) => {
  await world.start_broker();
  const viewer = await world.open_viewer();
  await viewer.until_text(/no such camera|offline/i);
  await viewer.screenshot(artifact('no_such_camera.png'));
  const perchd = await world.start_perchd();
  await viewer.first_frame_ms({ timeout_ms: 20_000 });
  await viewer.start_probe();
  expect_moving_pictures(await viewer.until_samples(45));

  await viewer.page.goto('about:blank');
  await perchd.stop();
  await viewer.page.goto(viewer.url);
  await viewer.until_text(/offline/i);
});
