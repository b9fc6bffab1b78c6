// What people get wrong, and what perchd says then: a camera that somebody else uses, a node that is no camera, a size
// that the camera has not. And a camera that falls silent while somebody watches: opened anew until it speaks again.
// needs: chromium
// guest needs: ffmpeg
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { with_guest } from './guest.mjs';
import { kPatience_ms } from './watch.mjs';

const is_lost = (peer) => peer.until_state((state) => state.camera === 'lost', { what: 'a camera that is lost', timeout_ms: kPatience_ms });

async function busy_camera(world) {
  await with_guest(world, { config: { video: { source: '/dev/video0' } } }, async ({ guest, peer }) => {
    await guest.hold();
    const viewer = await world.open_viewer();
    await is_lost(peer);
    const [line] = await guest.process.wait_for_line(/.*held by ffmpeg.*/, { what: 'the log to name who holds the camera' });
    fact(`busy: ${line}`);
    await viewer.until((player) => player?.error === 'CameraLost', { what: 'a player that knows why it waits' });
    await guest.release();
    await viewer.first_frame_ms({ timeout_ms: kPatience_ms });
    await peer.until_state((state) => state.camera === 'ok', { what: 'a camera that is ok' });
    await viewer.close();
  });
}

async function not_a_camera(world) {
  await with_guest(world, { camera: 'vicodec', config: { video: { source: '/dev/video0' } } }, async ({ guest, peer }) => {
    const viewer = await world.open_viewer();
    await is_lost(peer);
    const [line] = await guest.process.wait_for_line(/.*\/dev\/video0 .* does not capture video.*/, { what: 'the log to say what it is not' });
    fact(`no camera: ${line}`);
    await viewer.close();
  });
}

async function silent_camera(guest, peer, viewer) {
  const { session } = await viewer.player();
  const mark = guest.process.mark();
  await guest.set_camera('Percentage of Dropped Buffers', 100);
  await is_lost(peer);
  const [line] = await guest.process.wait_for_line(/.*\/dev\/video0.* delivers no pictures.*/, { what: 'the log to say so', from: mark });
  fact(`silent: ${line}`);
  await guest.set_camera('Percentage of Dropped Buffers', 0);
  await peer.until_state((state) => state.camera === 'ok', { what: 'a camera that is ok again', timeout_ms: kPatience_ms });
  await viewer.until_frames_advance({ count: 10 });
  expect((await viewer.player()).session === session, 'the same session, without a restart');
}

async function missing_size(world) {
  const config = { video: { source: '/dev/video0', width: 700, height: 400 } };
  await with_guest(world, { config }, async ({ guest, peer }) => {
    const viewer = await world.open_viewer();
    await viewer.first_frame_ms({ timeout_ms: kPatience_ms });
    const [line] = await guest.process.wait_for_line(/.*size=640x360.*wanted=700x400.*/, { what: 'the log to say both sizes' });
    fact(`nearest size: ${line}`);
    const { inbound } = await viewer.stats();
    expect(inbound.frameWidth === 640 && inbound.frameHeight === 360, `640x360, not ${inbound.frameWidth}x${inbound.frameHeight}`);
    expect(peer.state.camera === 'ok', `a camera that is ok, not ${peer.state.camera}`);
    await silent_camera(guest, peer, viewer);
    await viewer.close();
  });
}

await browser_test('camera_troubles', async (world) => {
  await busy_camera(world);
  await not_a_camera(world);
  await missing_size(world);
});
