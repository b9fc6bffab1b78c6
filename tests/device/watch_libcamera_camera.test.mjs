// A camera that only libcamera drives: watched through perch-libcamera, whose death costs the viewer a moment and no more,
// as does a pulled cable.
// needs: chromium
// guest needs: libcamera
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { with_guest } from './guest.mjs';
import { expect_closed_when_idle, expect_watchable, kPatience_ms, timed } from './watch.mjs';

await browser_test('watch_libcamera_camera', (world) =>
  with_guest(world, { camera: 'vimc', config: { video: { source: 'libcamera:0', linger_s: 1 } } }, async ({ guest, peer }) => {
    const camera_is = (health) => peer.until_state((state) => state.camera === health, { what: `a camera that is ${health}` });
    const viewer = await world.open_viewer();
    fact(`first frame after ${rounded(await viewer.first_frame_ms({ timeout_ms: kPatience_ms }))} ms, camera opened included`);
    // vimc has widths and heights that divide by six.
    await expect_watchable(viewer, { width: 1278, height: 720, frames: 45 });
    const { session } = await viewer.player();
    expect((await guest.report()).children === 1, 'one program beside perchd');

    const lost = timed(camera_is('lost'));
    await guest.kill_helper();
    fact(`told ${await lost} ms after perch-libcamera was killed`);
    fact(`15 frames ${await timed(viewer.until_frames_advance({ count: 15, timeout_ms: kPatience_ms }))} ms after that`);
    await camera_is('ok');

    const unplugged = timed(camera_is('lost'));
    await guest.unplug();
    fact(`told ${await unplugged} ms after the camera was unplugged`);
    await guest.plug_in();
    fact(`15 frames ${await timed(viewer.until_frames_advance({ count: 15, timeout_ms: kPatience_ms }))} ms after it was plugged in again`);
    await camera_is('ok');
    expect((await viewer.player()).session === session, 'the same session');
    await expect_closed_when_idle([viewer], { guest, peer });
  }),
);
