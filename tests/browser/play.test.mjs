// One invited viewer watches the test pattern: picture, codec, latency, and the camera closed again when nobody is left.
// needs: chromium
import { artifact, browser_test, expect, expect_moving_pictures, fact } from './harness/browser_test.mjs';
import { frame_rate, median, rounded } from './harness/figures.mjs';

await browser_test('play', async (world) => {
  const perchd = await world.start_perchd({ sealed: true, config: { video: { linger_s: 1 } } });
  const peer = await world.connect_peer();
  await peer.until_state((state) => state.online && state.viewers === 0, { what: 'state online without viewers' });

  const viewer = await world.open_viewer({ link: perchd.invite('kitchen-phone').link });
  fact(`first frame after ${rounded(await viewer.first_frame_ms())} ms`);
  await viewer.start_probe();
  const samples = await viewer.until_samples(60, 30_000);
  const numbers = expect_moving_pictures(samples);
  const latency_ms = median(samples.map(({ latency }) => latency).filter((value) => value !== null));
  fact(`${rounded(frame_rate(samples))} frames/s, latency ${rounded(latency_ms)} ms, frames ${numbers.first}..${numbers.last}, ${numbers.skipped} skipped`);
  expect(latency_ms > -5 && latency_ms < 1000, `a latency under a second, not ${latency_ms} ms`);

  const video = await viewer.page.evaluate(() => {
    const { video } = window.__perch.players[0];
    return { muted: video.muted, paused: video.paused, width: video.videoWidth, height: video.videoHeight };
  });
  expect(video.muted && !video.paused, `a muted, playing video, not ${JSON.stringify(video)}`);
  expect(video.width === 1280 && video.height === 720, `1280x720, not ${video.width}x${video.height}`);
  const { inbound } = await viewer.stats();
  expect(inbound.framesDecoded > 30 && inbound.packetsLost === 0, `decoded frames and no loss: ${JSON.stringify(inbound)}`);
  await viewer.screenshot(artifact('play.png'));
  await peer.until_state((state) => state.viewers === 1, { what: 'state with one viewer' });

  await viewer.close();
  await peer.until_state((state) => state.viewers === 0, { what: 'state without viewers after the tab was closed', timeout_ms: 12_000 });
  await perchd.until_camera_closed(5000);
  await world.perchd.stop();
});
