// The main job on a real camera node: perchd captures from the kernel's V4L2 driver in a guest, and over its network a
// browser on this side watches it live. Leaves a screenshot among the artifacts.
// needs: chromium
import { artifact, browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { with_guest } from './guest.mjs';
import { expect_closed_when_idle, expect_watchable } from './watch.mjs';

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
    await expect_watchable(viewer, { width: 1280, height: 720 });
    await viewer.screenshot(artifact('watch_vivid_camera.png'));
    const hues = await viewer.page.evaluate(saturated_hues);
    expect(hues.length === 6, `the driver's colour bars on screen: six hues, not ${hues}`);
    await expect_closed_when_idle([viewer], { guest, peer });
  }),
);
