// SIGHUP: what can change does, under a running session; the rest is named; a bad file changes nothing.
// needs: chromium
import { writeFileSync } from 'node:fs';
import { browser_test, expect, fact, longest_gap } from '../browser/harness/browser_test.mjs';
import { to_toml } from '../browser/harness/perchd.mjs';
import { agent_pid, reload, supervised } from '../browser/harness/supervised.mjs';

await browser_test('reload', async (world) => {
  const perchd = await world.start_perchd({ command: supervised(0) });
  const viewer = await world.open_viewer();
  await viewer.first_frame_ms();
  await viewer.start_probe({ motion: false });
  const pid = agent_pid(perchd);
  const { session } = await viewer.player();
  const peer = await world.connect_peer();
  const log = perchd.process;

  const changed = structuredClone(perchd.config);
  Object.assign(changed.camera, { name: 'Back door' });
  Object.assign(changed.video, { max_bitrate: 400_000, fps: 15 });
  Object.assign(changed, { log: { level: 'debug' } });
  writeFileSync(perchd.config_file, to_toml(changed));
  let mark = log.mark();
  reload(perchd);
  await log.wait_for_line(/heard RELOADING=1 MONOTONIC_USEC=\d+/, { from: mark });
  await log.wait_for_line(/state=changed key="\[video\] max_bitrate" value="400000"/, { from: mark });
  await log.wait_for_line(/state=unchanged key="\[video\] fps" msg="needs a restart"/, { from: mark });
  await log.wait_for_line(/state=reloaded changed=3 need_restart=1/, { from: mark });
  await log.wait_for_line(/heard READY=1/, { from: mark });
  await peer.until_state((state) => state.name === 'Back door', { what: 'the new name on the broker' });
  fact('name, bitrate and log level changed; the frame rate named for a restart');

  writeFileSync(perchd.config_file, '[video]\nmax_bitrate = "much"\n[camera]\nname = "Wrong"\n');
  mark = log.mark();
  reload(perchd);
  await log.wait_for_line(/level=error mod=config msg=".*perch\.toml:2:15: \[video\] max_bitrate must be/, { from: mark });
  await log.wait_for_line(/level=error mod=config state=kept mistakes=1/, { from: mark });
  await log.wait_for_line(/heard READY=1/, { from: mark });
  fact('a bad file was refused with its place');

  await viewer.until_frames_advance({ count: 60 });
  expect((await viewer.player()).session === session, 'the same session throughout');
  expect(agent_pid(perchd) === pid, 'the same process throughout');
  expect(longest_gap(await viewer.samples()) < 500, 'no pause in the picture');
});
