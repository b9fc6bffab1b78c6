// The main job on a real camera node: perchd captures from the kernel's V4L2 driver in a guest, and over its network a
// browser on this side watches it live. Leaves a screenshot among the artifacts.
// needs: chromium
import { artifact, browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { frame_rate, picture_fault, rounded } from '../browser/harness/figures.mjs';
import { with_guest } from './guest.mjs';

// Runs in the page: which of red, yellow, green, cyan, blue and magenta each cover more than 2 % of the picture.
function saturated_hues() {
  const [width, height] = [160, 90];
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(window.__perch.players[0].video, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height).data;
  const names = { RGb: 'yellow', rGB: 'cyan', RgB: 'magenta', Rgb: 'red', rGb: 'green', rgB: 'blue' };
  const seen = {};
  for (let i = 0; i < pixels.length; i += 4) {
    const [r, g, b] = [pixels[i] > 120, pixels[i + 1] > 120, pixels[i + 2] > 120];
    const name = names[(r ? 'R' : 'r') + (g ? 'G' : 'g') + (b ? 'B' : 'b')];
    if (name) seen[name] = (seen[name] ?? 0) + 1;
  }
  return Object.keys(seen).filter((name) => seen[name] > 0.02 * width * height);
}

await browser_test('watch_vivid_camera', (world) =>
  with_guest(world, { config: { video: { source: '/dev/video0', linger_s: 1 } } }, async ({ guest, peer }) => {
    const viewer = await world.open_viewer();
    fact(`first frame after ${rounded(await viewer.first_frame_ms({ timeout_ms: 30_000 }))} ms, camera opened included`);
    await viewer.start_probe();
    const samples = await viewer.until_samples(90, 40_000);
    const fault = picture_fault(samples, { bar_code: false });
    expect(!fault, `moving pictures, but ${fault}`);
    const { inbound } = await viewer.stats();
    fact(`${rounded(frame_rate(samples))} frames/s, ${inbound.frameWidth}x${inbound.frameHeight}, ${inbound.packetsLost} of ${inbound.packetsReceived} packets lost`);
    expect(inbound.frameWidth === 1280 && inbound.frameHeight === 720, `1280x720, not ${inbound.frameWidth}x${inbound.frameHeight}`);
    expect(inbound.framesDecoded > 60, `decoded frames: ${JSON.stringify(inbound)}`);
    await viewer.screenshot(artifact('watch_vivid_camera.png'));
    const hues = await viewer.page.evaluate(saturated_hues);
    expect(hues.length === 6, `the driver's colour bars on screen: six hues, not ${hues}`);

    await viewer.close();
    await peer.until_state((state) => state.viewers === 0, { what: 'state without viewers after the tab was closed', timeout_ms: 12_000 });
    await guest.process.wait_for_line(/msg="camera closed" device="\/dev\/video0"/, { what: 'the camera to be closed', timeout_ms: 10_000 });
  }),
);
