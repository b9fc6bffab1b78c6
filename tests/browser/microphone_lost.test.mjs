// A microphone that is not there: the picture goes on, and who unmutes is told why nothing is heard.
// needs: chromium
import { artifact, browser_test, expect } from './harness/browser_test.mjs';

await browser_test('microphone_lost', async (world) => {
  const perchd = await world.start_perchd({ config: { audio: { source: 'alsa:hw:NoSuchCard' } } });
  const peer = await world.connect_peer();
  const viewer = await world.open_viewer();
  await viewer.first_frame_ms();
  await viewer.page.click('perch-camera >> [data-do=mute]');
  await peer.until_state((state) => state.microphone === 'lost', { what: 'state: microphone lost', timeout_ms: 10_000 });
  await viewer.until_text(/microphone is gone/i);
  await perchd.process.wait_for_line(/mod=microphone state=lost reason=.*NoSuchCard/, { what: 'the log to name the card' });
  await viewer.screenshot(artifact('microphone_lost.png'));
  await viewer.until_frames_advance({ count: 30 });
  await viewer.page.click('perch-camera >> [data-do=mute]');
  await peer.until_state((state) => state.microphone === undefined, { what: 'state: nobody asks for the microphone' });
  expect(!/microphone is gone/i.test(await viewer.text()), 'the note to be gone');
});
