// The broker goes and comes back while somebody watches: the picture never notices, new viewers can join again, and the page
// asks what the camera may have had to say meanwhile.
// needs: chromium
import { browser_test, expect, fact, longest_gap } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';
import { until } from './harness/wait.mjs';

await browser_test('broker_restart_while_watching', async (world) => {
  await world.start_perchd();
  const sent = [];
  const listen = (page) => page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(payload.toString('latin1'))));
  const viewer = await world.open_viewer({ before_open: listen });
  await viewer.first_frame_ms();
  await viewer.until_frames_advance({ count: 30 });
  const { session } = await viewer.player();
  await viewer.start_probe({ motion: false });

  await world.broker.stop();
  await viewer.until_frames_advance({ count: 90 });
  const question = (frame) => frame.includes(`/${session}/candidates`) && frame.includes('"candidates":[]}');
  expect(!sent.some(question), 'nothing to ask so far');
  await world.broker.resume();
  const back_at = performance.now();
  const peer = await world.connect_peer();
  await peer.until_state((state) => state.online, { what: 'the camera to be back on the broker', timeout_ms: 10_000 });
  const back_ms = performance.now() - back_at;
  fact(`camera back on the broker ${rounded(back_ms, 0)} ms after it`);
  expect(back_ms <= 5000, 'signaling back within 5 s');

  await until(() => sent.some(question), { what: 'the page to ask what it has missed', detail: () => sent.slice(-3).join('\n') });
  const second = await world.open_viewer();
  await second.first_frame_ms();
  await viewer.until_frames_advance({ count: 60 });
  const gap_ms = longest_gap(await viewer.samples());
  fact(`longest pause between frames: ${rounded(gap_ms)} ms`);
  expect(gap_ms < 1000, `media to go on, but it paused for ${gap_ms} ms`);
  expect((await viewer.player()).session === session, 'the same session as before');
});
