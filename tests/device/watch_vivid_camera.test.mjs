// The main job on a real camera node: perchd captures from the kernel's V4L2 driver in a guest, and over its network a
// browser on this side watches it live. Leaves a screenshot among the artifacts.
// needs: chromium
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { artifact, browser_test, expect, expect_moving_pictures, fact } from '../browser/harness/browser_test.mjs';
import { frame_rate, rounded } from '../browser/harness/figures.mjs';
import { brightness } from '../browser/harness/picture.mjs';
import { create_tap, GuestPerchd, host_address } from './guest.mjs';

await browser_test('watch_vivid_camera', async (world) => {
  create_tap();
  const broker = await world.start_broker();
  // The guest reaches the broker by the tap's address.
  await broker.stop();
  appendFileSync(broker.config, `listener ${broker.mqtt_port} ${host_address}\nprotocol mqtt\n`);
  await broker.resume();

  const dir = join(world.dir, 'guest');
  mkdirSync(dir);
  const guest = await GuestPerchd.start({
    dir,
    broker_url: `mqtt://${host_address}:${broker.mqtt_port}`,
    config: { video: { source: '/dev/video0', linger_s: 1 } },
  });
  try {
    const peer = await world.connect_peer();
    const viewer = await world.open_viewer();
    fact(`first frame after ${rounded(await viewer.first_frame_ms({ timeout_ms: 30_000 }))} ms, camera opened included`);
    await viewer.start_probe();
    const samples = await viewer.until_samples(90, 40_000);
    expect_moving_pictures(samples);
    const { inbound } = await viewer.stats();
    fact(`${rounded(frame_rate(samples))} frames/s, ${inbound.frameWidth}x${inbound.frameHeight}, ${inbound.packetsLost} of ${inbound.packetsReceived} packets lost`);
    expect(inbound.frameWidth === 1280 && inbound.frameHeight === 720, `1280x720, not ${inbound.frameWidth}x${inbound.frameHeight}`);
    expect(inbound.framesDecoded > 60, `decoded frames: ${JSON.stringify(inbound)}`);
    // The driver draws colour bars, the only thing here that bright and that varied.
    const { mean, deviation } = await brightness(viewer, viewer.page);
    expect(mean > 40 && deviation > 30, `the driver's colour bars on screen, not brightness ${rounded(mean)} +- ${rounded(deviation)}`);
    await viewer.screenshot(artifact('watch_vivid_camera.png'));

    await viewer.close();
    await peer.until_state((state) => state.viewers === 0, { what: 'state without viewers after the tab was closed', timeout_ms: 12_000 });
    await guest.process.wait_for_line(/msg="camera closed" device="\/dev\/video0"/, { what: 'the camera to be closed', timeout_ms: 10_000 });
    await guest.stop();
  } catch (error) {
    error.message += `\n${guest.process.tail(60)}`;
    guest.process.kill('SIGTERM');
    throw error;
  }
});
