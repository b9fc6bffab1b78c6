// Viewers that vanish without a word are gone from the camera within 12 s: one killed, one frozen with its connections open.
// needs: chromium
import { browser_test, expect, fact } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';
import { open_files } from './harness/proc.mjs';

const kGoneWithin_ms = 12_000;

await browser_test('tab_killed', async (world) => {
  const perchd = await world.start_perchd({ config: { video: { linger_s: 1 } } });
  const peer = await world.connect_peer();
  await peer.until_state((state) => state.online);
  const idle = { files: open_files(perchd.pid), threads: perchd.threads };

  const vanish = {
    killed: (browser) => browser.kill_hard(),
    // Frozen, it closes no socket: the broker sends no last will, only consent freshness tells.
    frozen: (browser) => browser.process.kill('SIGSTOP'),
  };
  for (const [how, act] of Object.entries(vanish)) {
    const browser = await world.start_chromium({ name: `browser-${how}` });
    const viewer = await world.open_viewer();
    await viewer.first_frame_ms();
    await viewer.until_frames_advance({ count: 15 });
    await peer.until_state((state) => state.viewers === 1, { what: 'state with the viewer' });
    const gone_at = performance.now();
    await act(browser);
    await peer.until_state((state) => state.viewers === 0, { what: `the ${how} viewer to be gone`, timeout_ms: 20_000 });
    const gone_ms = performance.now() - gone_at;
    fact(`${how}: gone after ${rounded(gone_ms / 1000)} s`);
    expect(gone_ms <= kGoneWithin_ms, `the ${how} viewer gone within ${kGoneWithin_ms} ms, not ${gone_ms} ms`);
    browser.process.kill_now();
    await perchd.until_camera_closed(5000);
    const now = { files: open_files(perchd.pid), threads: perchd.threads };
    expect(now.files <= idle.files && now.threads <= idle.threads, `nothing left of it: ${JSON.stringify(idle)} before, ${JSON.stringify(now)} after`);
  }
});
