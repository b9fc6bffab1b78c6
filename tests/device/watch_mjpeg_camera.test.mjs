// A webcam of the common kind: JPEG pictures at 720p, decoded and encoded anew.
// needs: chromium
// guest needs: ffmpeg
import { browser_test, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { kMjpegCamera, make_clip, with_guest } from './guest.mjs';
import { expect_closed_when_idle, expect_watchable, kPatience_ms } from './watch.mjs';

await browser_test('watch_mjpeg_camera', (world) => {
  const clip = make_clip(world, { name: 'camera.mkv', codec: kMjpegCamera });
  const config = { video: { source: '/dev/video9', linger_s: 1 } };
  return with_guest(world, { camera: 'loopback', clip, config }, async ({ guest, peer }) => {
    const viewer = await world.open_viewer();
    fact(`first frame after ${rounded(await viewer.first_frame_ms({ timeout_ms: kPatience_ms }))} ms, camera opened included`);
    await guest.process.wait_for_line(/format=MJPEG size=1280x720/, { what: 'the camera to be opened with its JPEGs' });
    await expect_watchable(viewer, { width: 1280, height: 720 });
    await expect_closed_when_idle([viewer], { guest, peer });
  });
});
