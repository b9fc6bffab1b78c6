// What is in the USB port, and what it costs: each kind of camera by CPU, memory and time to the first picture.
import { bench } from './bench.mjs';
import { cpu_part, m2m_part } from './paths_cpu.mjs';
import { live_part } from './paths_live.mjs';
import { sound_part } from './paths_sound.mjs';

const kAbout = `CPU: everything between the camera's buffer and RTP payloads at 1280x720p30, without the network, on CPU 0: pictures of
testsrc2 with noise, replayed from memory as the kernel would lend them, through perchd's own pipeline
(bench/paths_probe). H.264 comes from a file, whose reading counts. m2m is a vivid camera and the kernel's test codec
vicodec in the test guest: counted is user mode only, seen from outside, so neither codec nor kernel.
cold first frame: offer to first decoded picture in Chromium, camera closed before each join, and memory of perchd while
it is watched; both in the test guest, where a system call takes 10 to 30 times longer than on a board. The camera's own
H.264 has a key frame per second, and a joiner waits for it. replug: from the driver's bind to the first new picture.
av skew: flashes on a v4l2loopback camera against beeps on a loopback sound card, by requestVideoFrameCallback and the audio
clock of the page. talk: beeps of Chromium's fake microphone (a file) until they leave the guest's loopback card; "mouth" is
where the browser hands the microphone's sound to the page.
The guest takes root, /dev/net/tun and a test kernel (toolchain/uml/build-kernel).`;

/** Each gives {cells: {path: {column: value}}, figures, notes}. */
const kParts = [cpu_part, m2m_part, live_part, sound_part];

const kColumns = { cpu: 'CPU [% of a core]', fps: 'frames/s', kbit: 'kbit/s', first: 'cold first frame [ms]', rss: 'memory [kB]' };

function table_of(cells) {
  const rows = Object.entries(cells).map(([path, row]) => [path, ...Object.keys(kColumns).map((column) => row[column] ?? '-')]);
  return [['path', ...Object.values(kColumns)], ...rows];
}

await bench('paths', kAbout, { seconds: 15, joins: 8, replugs: 10, sound_seconds: 60 }, async (world, options) => {
  const cells = {};
  const all = { figures: {}, notes: [] };
  for (const measure of kParts) {
    const part = await measure(world, options);
    for (const [path, row] of Object.entries(part.cells)) cells[path] = { ...cells[path], ...row };
    Object.assign(all.figures, part.figures);
    all.notes.push(...part.notes);
  }
  return { rows: table_of(cells), ...all };
});
