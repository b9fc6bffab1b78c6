// A camera that is not there when the first viewer comes, and one whose cable is pulled while somebody watches: the viewer
// is told, nothing ends, and the picture comes by itself once the camera does.
// needs: chromium
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { with_guest } from './guest.mjs';
import { timed } from './watch.mjs';

await browser_test('unplug_vivid_camera', (world) =>
  with_guest(world, { config: { video: { source: '/dev/video0' } } }, async ({ guest, peer }) => {
    const camera_is = (health) => peer.until_state((state) => state.camera === health, { what: `a camera that is ${health}` });

    guest.unplug();
    const viewer = await world.open_viewer();
    await camera_is('lost');
    await viewer.until((player) => player?.error === 'CameraLost', { what: 'a player that knows why it waits' });
    guest.plug_in();
    fact(`first frame ${await timed(viewer.first_frame_ms({ timeout_ms: 30_000 }))} ms after the camera was plugged in`);
    await camera_is('ok');

    await viewer.until_frames_advance({ count: 30 });
    const { session } = await viewer.player();
    guest.unplug();
    fact(`told ${await timed(camera_is('lost'))} ms after the camera was unplugged`);
    guest.plug_in();
    fact(`15 frames ${await timed(viewer.until_frames_advance({ count: 15, timeout_ms: 20_000 }))} ms after it was plugged in again`);
    await camera_is('ok');
    const now = await viewer.player();
    expect(now.session === session, `the same session, ${session}, not ${now.session}`);
  }),
);
