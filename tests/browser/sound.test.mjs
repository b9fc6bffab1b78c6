// Sound is heard when the page is unmuted, in the running session; a muted page keeps the camera's microphone closed.
// needs: chromium
import { artifact, browser_test, expect, fact } from './harness/browser_test.mjs';
import { median, rounded } from './harness/figures.mjs';
import { install_sound_probe } from './harness/sound_probe.mjs';
import { until } from './harness/wait.mjs';

await browser_test('sound', async (world) => {
  const perchd = await world.start_perchd({ sealed: true, config: { audio: { source: 'tone' } } });
  const peer = await world.connect_peer();
  await peer.until_state((state) => state.online && state.audio?.[0] === 'opus', { what: 'state with sound' });
  const viewer = await world.open_viewer({ link: perchd.invite('phone', { rights: 'watch,listen' }).link, probes_need_scripts: true });
  await viewer.first_frame_ms();
  const { session } = await viewer.player();
  await viewer.until_frames_advance({ count: 30 });
  expect(!perchd.process.tail(200).includes('audio'), `no microphone while the page is muted:\n${perchd.process.tail(20)}`);

  await viewer.page.click('perch-camera >> [data-do=mute]');
  await until(async () => (await viewer.inbound_audio()).packetsReceived > 50, { what: 'sound to arrive', timeout_ms: 10_000 });
  await perchd.process.wait_for_line(/module=microphone|microphone.*state=open/, { what: 'the microphone to open' });
  await viewer.page.evaluate(install_sound_probe);
  await until(async () => (await viewer.page.evaluate(() => window.__sound.beeps.length)) >= 4, { what: 'four beeps', timeout_ms: 15_000 });
  const beeps = await viewer.page.evaluate(() => window.__sound.beeps);
  const pauses = beeps.slice(1).map(({ at }, i) => at - beeps[i].at);
  fact(`beeps of ${rounded(median(beeps.map(({ hertz }) => hertz)))} Hz every ${rounded(median(pauses))} ms`);
  expect(Math.abs(median(beeps.map(({ hertz }) => hertz)) - 1000) < 10, `1 kHz: ${JSON.stringify(beeps)}`);
  expect(Math.abs(median(pauses) - 1000) < 15, `one a second: ${pauses}`);
  expect((await viewer.player()).session === session, 'the same session all the time');
  await viewer.screenshot(artifact('sound.png'));

  await viewer.page.click('perch-camera >> [data-do=mute]');
  await perchd.process.wait_for_line(/microphone.*state=closed/, { what: 'the microphone to close with its last listener' });
  await viewer.until_frames_advance({ count: 30 });
});
