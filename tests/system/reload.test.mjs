// SIGHUP: what can change does, under a running session: name, bitrate, number of viewers, ICE servers, log level. The rest
// is named, passwords are not, and a bad file changes nothing.
// needs: chromium
import { writeFileSync } from 'node:fs';
import { browser_test, expect, fact, longest_gap } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { to_toml } from '../browser/harness/perchd.mjs';
import { agent_pid, reload, supervised } from '../browser/harness/supervised.mjs';

const kTurnPassword = 'not-for-the-log';

/** What 60 pictures take on the wire [kbit each]; a busy machine makes fewer of them, not smaller ones. */
async function kbits_a_picture(viewer) {
  const sample = async () => (await viewer.stats()).inbound;
  const before = await sample();
  await viewer.until_frames_advance({ count: 60 });
  const after = await sample();
  return rounded((8 * (after.bytesReceived - before.bytesReceived)) / 1000 / (after.framesReceived - before.framesReceived));
}

await browser_test('reload', async (world) => {
  // Nothing but the reload may change the picture: no smaller size for the lower bitrate.
  const perchd = await world.start_perchd({ command: supervised(0), config: { video: { degrade: 'off' } } });
  const viewer = await world.open_viewer();
  await viewer.first_frame_ms();
  await viewer.start_probe({ motion: false });
  const pid = agent_pid(perchd);
  const { session } = await viewer.player();
  const kbits = await kbits_a_picture(viewer);
  const peer = await world.connect_peer();
  const log = perchd.process;

  const changed = structuredClone(perchd.config);
  Object.assign(changed.camera, { name: 'Back door' });
  Object.assign(changed.video, { max_bitrate: 400_000, fps: 15 });
  Object.assign(changed.access, { max_viewers: 3 });
  changed.ice.servers = ['stun:127.0.0.1:3479', `turn:ann:${kTurnPassword}@127.0.0.1:3479`];
  Object.assign(changed, { log: { level: 'debug' } });
  writeFileSync(perchd.config_file, to_toml(changed));
  let mark = log.mark();
  reload(perchd);
  await log.wait_for_line(/heard RELOADING=1 MONOTONIC_USEC=\d+/, { from: mark });
  await log.wait_for_line(/state=changed key="\[video\] max_bitrate" value="400000"/, { from: mark });
  await log.wait_for_line(/state=unchanged key="\[video\] fps" msg="needs a restart"/, { from: mark });
  await log.wait_for_line(/state=reloaded changed=5 need_restart=1/, { from: mark });
  await log.wait_for_line(/heard READY=1/, { from: mark });
  const told = await peer.until_state((state) => state.name === 'Back door', { what: 'the new name on the broker' });
  expect(told.max_viewers === 3 && JSON.stringify(told.ice_servers).includes('stun:127.0.0.1:3479'), `viewers and ICE servers as well: ${JSON.stringify(told)}`);
  fact('name, bitrate, viewers, ICE servers and log level changed; the frame rate named for a restart');
  const fewer_kbits = await kbits_a_picture(viewer);
  fact(`a picture: ${kbits} kbit, ${fewer_kbits} after the reload`);
  expect(fewer_kbits < 0.9 * kbits, 'the running session to get the new bitrate');

  writeFileSync(perchd.config_file, '[video]\nmax_bitrate = "much"\n[camera]\nname = "Wrong"\n');
  mark = log.mark();
  reload(perchd);
  await log.wait_for_line(/level=error mod=config msg=".*perch\.toml:2:15: \[video\] max_bitrate must be/, { from: mark });
  await log.wait_for_line(/level=error mod=config state=kept mistakes=1/, { from: mark });
  await log.wait_for_line(/heard READY=1/, { from: mark });
  fact('a bad file was refused with its place');

  expect(![log.lines.join('\n'), JSON.stringify(peer.received)].some((text) => text.includes(kTurnPassword)), 'no password in the log or the state');
  expect((await viewer.player()).session === session, 'the same session throughout');
  expect(agent_pid(perchd) === pid, 'the same process throughout');
  const gap_ms = longest_gap(await viewer.samples());
  expect(gap_ms < 500, `no pause in the picture, but ${gap_ms} ms`);
});
