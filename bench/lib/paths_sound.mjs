// Sound in the test guest: how far beeps are from their flashes in Chromium, and how long a voice takes the other way.
import { join } from 'node:path';
import { progress } from './bench.mjs';
import { observe_skew } from '../../tests/browser/harness/av_skew.mjs';
import { median, percentile, rounded } from '../../tests/browser/harness/figures.mjs';
import { build_dir } from '../../tests/browser/harness/paths.mjs';
import { Ear } from '../../tests/device/ear.mjs';
import { with_guest } from '../../tests/device/guest.mjs';
import { fake_microphone, hold_talk, let_go, talk_delays, talker_page } from '../../tests/device/talk.mjs';

const kPatience_ms = 30_000;
const kBeeps = 60;
const program = (name) => join(build_dir, 'tests/device', name);

async function measure_skew(world, seconds) {
  process.env.PERCH_FLASH_AND_BEEP ??= program('perch_flash_and_beep');
  process.env.PERCH_PPM = '0';
  const config = { video: { source: '/dev/video9', width: 320, height: 180 }, audio: { source: 'alsa:hw:Loopback,1,0' } };
  let skew;
  await with_guest(world, { camera: 'flash_and_beep', config }, async () => {
    const viewer = await world.open_viewer({ probes_need_scripts: true });
    await viewer.first_frame_ms({ timeout_ms: kPatience_ms });
    skew = await observe_skew(viewer, seconds * 1000);
    await viewer.close();
  });
  return skew;
}

async function measure_talk(world) {
  const ear = await Ear.open(process.env.PERCH_HEAR_BEEPS ?? program('perch_hear_beeps'), 'hw:Loopback,1,0');
  process.env.PERCH_EAR = ear.command;
  const video = { source: '/dev/video0', width: 320, height: 180, fps: 15 };
  let delays;
  await with_guest(world, { camera: 'vivid_with_ear', config: { video, talk: { sink: 'alsa:hw:Loopback,0,0' } } }, async () => {
    await ear.set_clock();
    await world.start_chromium({ name: 'talker', flags: fake_microphone(world) });
    const viewer = await world.open_viewer(talker_page);
    await viewer.first_frame_ms({ timeout_ms: kPatience_ms });
    await hold_talk(viewer);
    delays = await talk_delays(viewer, ear, kBeeps);
    await let_go(viewer);
    await viewer.close();
  });
  ear.close();
  return delays;
}

/** See kParts in paths.mjs. */
export async function sound_part(world, { sound_seconds }) {
  progress(`flash and beep for ${sound_seconds} s`);
  const skew = await measure_skew(world, sound_seconds);
  progress(`${kBeeps} beeps from a browser's microphone to the loudspeaker`);
  const delays = await measure_talk(world);
  return {
    cells: {},
    figures: {
      av_skew_ms_median: rounded(skew.absolute_median),
      av_skew_ms_p95: rounded(skew.p95),
      talk_delay_ms_median: rounded(median(delays)),
      talk_delay_ms_p95: rounded(percentile(delays, 95)),
    },
    notes: [
      `sound: ${rounded(skew.median)} ms after its picture (median of ${skew.pairs}, p95 of the distance ${rounded(skew.p95)} ms)`,
      `talk: ${rounded(median(delays))} ms from mouth to ear (median of ${delays.length} beeps, p95 ${rounded(percentile(delays, 95))} ms)`,
    ],
  };
}
