// What perchctl tells and does: status, metrics, a snapshot with and without viewers, privacy over a restart, draining.
// needs: chromium
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { artifact, browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { perchctl, perchctl_json } from '../browser/harness/perchctl.mjs';
import { brightness } from '../browser/harness/picture.mjs';
import { task_names } from '../browser/harness/proc.mjs';
import { until } from '../browser/harness/wait.mjs';

const is_jpeg = (path) => readFileSync(path).subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]));

const kMetrics = ['perch_watchdog_feeds_total', 'perch_sessions_started_total', 'perch_transport_rtt_seconds_max', 'perch_transport_loss_ratio_max',
  'perch_transport_estimate_bps_min', 'perch_session_first_frame_seconds_bucket', 'perch_mqtt_connects_total', 'perch_encode_seconds_p50'];

async function snapshots(perchd, name) {
  const path = artifact(name);
  mkdirSync(dirname(path), { recursive: true });
  const { code, err } = await perchctl(perchd, 'snapshot', path);
  expect(code === 0, `a snapshot: ${err}`);
  expect(is_jpeg(path), 'a JPEG');
}

async function while_watched(world, perchd) {
  const viewer = await world.open_viewer();
  await viewer.first_frame_ms();
  await viewer.until_frames_advance({ count: 60 }); // receiver reports are in
  const status = await perchctl_json(perchd, 'status');
  expect(status.broker.connected && status.camera === 'open', 'broker and camera told');
  expect(status.viewers.length === 1 && status.viewers[0].connected && status.viewers[0].packets > 50, 'the viewer told');
  const { out } = await perchctl(perchd, 'status');
  fact(out.trim().split('\n').join(' | '));
  const metrics = (await perchctl(perchd, 'metrics')).out;
  expect(/^perch_viewers_connected 1$/m.test(metrics), 'the viewer counted');
  expect(/^perch_session_connect_seconds_count 1$/m.test(metrics), 'its connection timed');
  expect(/^perch_session_first_frame_seconds_count 1$/m.test(metrics), 'its first picture timed');
  expect(/^perch_video_frames_total [1-9]/m.test(metrics), 'frames counted');
  for (const name of kMetrics) expect(new RegExp(`^${name}[^ ]* [0-9]`, 'm').test(metrics), `${name} among the metrics`);
  const names_nobody = (text) => ![status.viewers[0].viewer, status.viewers[0].session].some((id) => text.includes(id));
  expect(names_nobody(metrics), 'nobody named in the metrics');
  const { textfile } = perchd.config.metrics;
  await until(() => existsSync(textfile), { what: 'the file for node_exporter', timeout_ms: 5_000 });
  expect(/^perch_info/m.test(readFileSync(textfile, 'utf8')) && names_nobody(readFileSync(textfile, 'utf8')), 'the same in the file');
  await snapshots(perchd, 'snapshot_watched.jpg');
  return viewer;
}

async function privacy(world, perchd, viewer, peer) {
  const helper = await world.chromium.new_page();
  await viewer.page.click('perch-camera >> [data-do=mute]');
  await until(() => task_names(perchd.pid).includes('audio'), { what: 'the microphone to open for a listener' });
  const live = await brightness(viewer, helper);
  expect((await perchctl_json(perchd, 'privacy', 'on')).privacy === 'on', 'privacy on');
  await peer.until_state((state) => state.camera === 'privacy', { what: 'privacy in the state' });
  await perchd.until_camera_closed();
  await until(() => !task_names(perchd.pid).includes('audio'), { what: 'the microphone to be closed' });
  await viewer.until((player) => player?.error === 'PrivacyMode', { what: 'the page to know' });
  await viewer.screenshot(artifact('privacy.png'));
  const blank = await brightness(viewer, helper);
  fact(`brightness ${live.mean.toFixed(0)} before, ${blank.mean.toFixed(0)} under privacy`);
  expect(blank.mean < live.mean / 3, 'nothing of the room left on the page');
  expect((await perchctl(perchd, 'snapshot', '/dev/null')).err.includes('privacy is on'), 'no snapshot');
  expect((await perchctl(perchd, 'controls')).err.includes('privacy is on'), 'no controls');
  await perchd.stop();
  await perchd.resume();
  expect((await perchctl_json(perchd, 'status')).camera === 'privacy', 'privacy after a restart');
  await perchctl_json(perchd, 'privacy', 'off');
  await viewer.until_frames_advance({ count: 15, timeout_ms: 20_000 });
  fact('privacy told, kept over a restart, and ended; the picture came back by itself');
}

async function drain(world, perchd, viewer) {
  await perchctl_json(perchd, 'drain');
  const late = await world.open_viewer();
  await late.until((player) => player?.error === 'busy', { what: 'a new viewer to be refused' });
  await viewer.until_frames_advance({ count: 15 });
  const ended = perchd.process.ended;
  await viewer.close();
  const { code } = await ended;
  expect(code === 0, 'an orderly end with the last viewer');
  fact('drained: new viewers refused, ended with the last one');
}

await browser_test('operator', async (world) => {
  const textfile = join(world.dir, 'perch.prom');
  const perchd = await world.start_perchd({ config: { audio: { source: 'tone' }, metrics: { textfile } } });
  await snapshots(perchd, 'snapshot_idle.jpg');
  await perchd.until_camera_closed();
  expect(perchd.perchctl('status').includes('front-door'), 'perchd to be found by its configuration');
  const viewer = await while_watched(world, perchd);
  await privacy(world, perchd, viewer, await world.connect_peer());
  await drain(world, perchd, viewer);
  expect((await perchctl(perchd, 'status')).err.includes('is perchd running?'), 'words when nobody is there');
  await perchd.resume();
});
