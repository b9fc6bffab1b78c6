// Each kind of camera in the test guest, watched by Chromium: from a closed camera to the first picture, memory, replugging.
import { join } from 'node:path';
import { progress } from './bench.mjs';
import { median, rounded } from '../../tests/browser/harness/figures.mjs';
import { build_dir } from '../../tests/browser/harness/paths.mjs';
import { until } from '../../tests/browser/harness/wait.mjs';
import { kH264Camera, kMjpegCamera, make_clip, with_guest } from '../../tests/device/guest.mjs';

const kPatience_ms = 30_000;

const kCameras = {
  raw: { camera: 'vivid', source: '/dev/video0' },
  mjpeg: { camera: 'loopback', source: '/dev/video9', clip: { name: 'camera.mkv', codec: kMjpegCamera } },
  passthrough: { camera: 'loopback', source: '/dev/video9', clip: { name: 'camera.ts', codec: kH264Camera } },
  libcamera: { camera: 'vimc', source: 'libcamera:0' },
};

async function join_and_leave(world, { guest, peer }) {
  const viewer = await world.open_viewer();
  const first_frame_ms = await viewer.first_frame_ms({ timeout_ms: kPatience_ms });
  await viewer.until_frames_advance({ count: 30, timeout_ms: kPatience_ms });
  const { rss_kb } = await guest.report();
  await viewer.close();
  await peer.until_state((state) => state.viewers === 0, { what: 'the viewer to be gone' });
  const closed = async () => {
    const { camera_nodes, children } = await guest.report();
    return camera_nodes === 0 && children === 0;
  };
  await until(closed, { what: 'the camera to be closed', timeout_ms: kPatience_ms });
  return { first_frame_ms, rss_kb };
}

/** Times from plugging in to the first new picture on screen [ms]. */
async function replugs(world, { guest, peer }, count) {
  const viewer = await world.open_viewer();
  await viewer.first_frame_ms({ timeout_ms: kPatience_ms });
  const times = [];
  for (let i = 0; i < count; i++) {
    await viewer.until_frames_advance({ count: 10, timeout_ms: kPatience_ms });
    const unplugged = guest.unplug();
    await peer.until_state((state) => state.camera === 'lost', { what: 'a camera that is lost' });
    await unplugged;
    const plugged = performance.now();
    const plugged_in = guest.plug_in();
    await viewer.until_frames_advance({ count: 1, timeout_ms: kPatience_ms });
    times.push(performance.now() - plugged);
    await plugged_in;
  }
  await viewer.close();
  return times;
}

async function measure_camera(world, name, { joins, replugs: count }) {
  const { camera, source, clip } = kCameras[name];
  const result = {};
  const options = { camera, clip: clip && make_clip(world, clip), config: { video: { source, linger_s: 0 } } };
  await with_guest(world, options, async (parts) => {
    await join_and_leave(world, parts); // the first of a fresh browser and a fresh perchd is not counted
    const all = [];
    for (let i = 0; i < joins; i++) all.push(await join_and_leave(world, parts));
    result.first_frame_ms = median(all.map(({ first_frame_ms }) => first_frame_ms));
    result.rss_kb = median(all.map(({ rss_kb }) => rss_kb));
    if (name === 'raw') result.replug_ms = median(await replugs(world, parts, count));
  });
  return result;
}

export async function live_part(world, options) {
  process.env.PERCH_SET_CONTROL ??= join(build_dir, 'tests/device/perch_set_control');
  process.env.PERCH_LIBCAMERA_HELPER ??= join(build_dir, 'perch-libcamera');
  const part = { cells: {}, figures: {}, notes: [] };
  for (const name of Object.keys(kCameras)) {
    progress(`${name} camera in the guest: ${options.joins} joins`);
    const { first_frame_ms, rss_kb, replug_ms } = await measure_camera(world, name, options);
    part.cells[name] = { first: rounded(first_frame_ms), rss: rss_kb };
    const key = name === 'raw' ? 'cold_first_frame' : `cold_first_frame_${name}`;
    part.figures[`${key}_ms_median`] = rounded(first_frame_ms);
    part.figures[`${name}_rss_kb`] = rss_kb;
    if (replug_ms === undefined) continue;
    part.figures.replug_ms_median = rounded(replug_ms, 0);
    part.notes.push(`raw camera plugged in again: first new picture on screen after ${rounded(replug_ms, 0)} ms (median of ${options.replugs})`);
  }
  return part;
}
