// A viewer who talks: from the browser's fake microphone to the loudspeaker in the guest.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { install_mouth_probe } from '../browser/harness/sound_probe.mjs';
import { until } from '../browser/harness/wait.mjs';

export const kBeep_hertz = 800;

/** What Chromium needs to have a microphone that beeps for 100 ms twice a second, and nobody to ask. */
export function fake_microphone(world) {
  const file = join(world.dir, 'beeps.wav');
  writeFileSync(file, beeps_wav());
  return ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-audio-capture=${file}`];
}

// Ten seconds, 48 kHz, mono, 16 bits; Chromium plays it over and over.
function beeps_wav() {
  const rate = 48_000;
  const samples = new Int16Array(10 * rate).map((_, n) =>
    n % (rate / 2) < rate / 10 ? Math.round(12_000 * Math.sin((2 * Math.PI * kBeep_hertz * n) / rate)) : 0);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // channels
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(2 * rate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

export const talker_page = { init: install_mouth_probe, probes_need_scripts: true };

/** Holds the talk button of `viewer` down, or lets it go. */
export async function hold_talk(viewer) {
  const box = await viewer.page.locator('perch-camera >> [data-do=talk]').boundingBox();
  await viewer.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await viewer.page.mouse.down();
}
export const let_go = (viewer) => viewer.page.mouse.up();

/** Mouth to ear of `count` beeps [ms]; the button is held already. */
export async function talk_delays(viewer, ear, count) {
  await until(() => ear.beeps.length >= count, { what: `${count} beeps out of the loudspeaker`, timeout_ms: 60_000 });
  const spoken = await viewer.page.evaluate(() => window.__mouth);
  return ear.beeps.flatMap(({ at }) => {
    const before = spoken.filter((beep) => beep.at <= at).at(-1);
    return before && at - before.at < 480 ? [at - before.at] : [];
  });
}
