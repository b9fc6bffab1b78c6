// A broker, or a stranger on it, that floods the camera: what a viewer notices and what it costs.
import { readFileSync } from 'node:fs';
import { bench, progress } from './bench.mjs';
import { rounded } from '../../tests/browser/harness/figures.mjs';
import { cpu_ns } from '../../tests/browser/harness/proc.mjs';
import { measuring_window } from '../../tests/browser/harness/wait.mjs';
import { Flood, forged, garbage, offers, refused_offers } from '../../tests/system/attack_flood.mjs';
import { kAddress, measured, stop_watching, watch } from '../../tests/system/attack_watch.mjs';

const kAbout = `One viewer watches the test pattern at 1280x720p30 while somebody publishes ten thousand messages a second to the camera:
garbage, good offers of ever new viewers, offers that are refused. The worst of the three counts. Then, sealed and without
viewers, what a message that does not authenticate costs the agent, MQTT included: strangers' garbage, garbage in the name of an
invited viewer, and in that name sealed messages as long as an offer that no key opens. Bytes read tell how many of the messages
arrived; the dearest kind counts.`;

/** Bytes that the process has read, from sockets too. */
const bytes_read = (pid) => Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))[1]);

async function cost_of_a_message(world, flood, { name, seconds, shots }) {
  const perchd = await world.start_perchd({ name: `perchd-${name}`, sealed: true, guests: { phone: {} } });
  const before = { cpu: cpu_ns(perchd.pid), read: bytes_read(perchd.pid) };
  const { sent, bytes } = await flood.run({ shots, seconds });
  await measuring_window(1000); // what is under way
  const arrived = Math.min(1, (bytes_read(perchd.pid) - before.read) / bytes);
  const us = (cpu_ns(perchd.pid) - before.cpu) / 1000 / (sent * arrived);
  progress(`${name}: ${rounded(us)} µs a message, ${rounded(100 * arrived)} % of ${sent} arrived`);
  await perchd.stop();
  return { name, us, arrived };
}

await bench('flood', kAbout, { seconds: 10 }, async (world, { seconds }) => {
  const perchd = await world.start_perchd({ config: { ice: { local_addresses: [kAddress] } } });
  const viewer = await watch(world, perchd);
  const quiet = await measured(perchd, viewer, () => measuring_window(seconds * 1000));
  const flood = await Flood.connect(world.broker);
  const waves = [];
  for (const [name, shots] of [['garbage', garbage()], ['refused offers', refused_offers()], ['good offers', offers()]]) {
    const wave = await measured(perchd, viewer, () => flood.run({ shots, seconds }));
    progress(`${name}: ${rounded(wave.fps)} frames/s, ${rounded(wave.cpu_percent)} % CPU`);
    waves.push([name, rounded(wave.result.sent / wave.result.seconds, 0), rounded(wave.fps), rounded(wave.cpu_percent), wave.rss_growth_kb]);
  }
  await stop_watching(viewer);
  await perchd.stop();
  const kinds = { strangers: garbage(), guest: garbage({ viewer: 'phone' }), forged: forged({ viewer: 'phone' }) };
  const costs = [];
  for (const [name, shots] of Object.entries(kinds)) costs.push(await cost_of_a_message(world, flood, { name, seconds, shots }));
  flood.close();
  return {
    rows: [['flood of', 'messages/s', 'frames/s', 'CPU %', 'RSS growth kB'], ['nothing', 0, rounded(quiet.fps), rounded(quiet.cpu_percent), quiet.rss_growth_kb], ...waves],
    notes: costs.map(({ name, us, arrived }) => `${name}: ${rounded(us)} µs a message; ${rounded(100 * arrived)} % of them arrived`),
    figures: {
      viewer_fps_during_flood: Math.min(...waves.map((wave) => wave[2])),
      cpu_percent_during_flood: Math.max(...waves.map((wave) => wave[3])),
      cpu_percent_quiet: rounded(quiet.cpu_percent),
      rss_growth_kb_during_flood: Math.max(...waves.map((wave) => wave[4])),
      unauthenticated_us_per_message: rounded(Math.max(...costs.map(({ us }) => us))),
    },
  };
});
