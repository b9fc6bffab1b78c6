// A camera that encodes by itself: its H.264 reaches the browser as it is, and who comes later gets a picture as well.
// needs: chromium
// guest needs: ffmpeg
import { browser_test, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { kH264Camera, make_clip, with_guest } from './guest.mjs';
import { expect_closed_when_idle, expect_watchable, kPatience_ms } from './watch.mjs';

await browser_test('watch_h264_camera', (world) => {
  const clip = make_clip(world, { name: 'camera.ts', codec: kH264Camera });
  const config = { video: { source: '/dev/video9', linger_s: 1 } };
  return with_guest(world, { camera: 'loopback', clip, config }, async ({ guest, peer }) => {
    const first = await world.open_viewer();
    fact(`first frame after ${rounded(await first.first_frame_ms({ timeout_ms: kPatience_ms }))} ms, camera opened included`);
    await guest.process.wait_for_line(/format=H264 size=1280x720/, { what: 'the camera to be opened with its H.264' });
    await expect_watchable(first, { width: 1280, height: 720 });

    const second = await world.open_viewer();
    fact(`first frame of a second viewer after ${rounded(await second.first_frame_ms({ timeout_ms: kPatience_ms }))} ms`);
    await second.until_frames_advance({ count: 30 });
    await first.until_frames_advance({ count: 30 });
    await expect_closed_when_idle([first, second], { guest, peer });
  });
});
