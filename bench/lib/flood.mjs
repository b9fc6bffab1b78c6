// A broker, or a stranger on it, that floods the camera: what a viewer notices and what it costs.
import { readFileSync } from 'node:fs';
import { bench, progress } from './bench.mjs';
import { rounded } from '../../tests/browser/harness/figures.mjs';
import { cpu_ns } from '../../tests/browser/harness/proc.mjs';
import { measuring_window } from '../../tests/browser/harness/wait.mjs';
import { Flood, garbage, offers, refused_offers } from '../../tests/system/attack_flood.mjs';
import { kAddress, measured, stop_watching, watch } from '../../tests/system/attack_watch.mjs';

const kAbout = `One viewer watches the test pattern at 1280x720p30 while somebody publishes ten thousand messages a second to the camera:
garbage, good offers of ever new viewers, offers that are refused. The worst of the three counts. Then, without viewers, what a
message that does not authenticate costs the agent, MQTT included; bytes read tell how many of the messages arrived.`;

/** Bytes that the process has read, from sockets too. */
const bytes_read = (pid) => Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))[1]);

async function cost_of_a_message(world, flood, { seconds, shots, config }) {
  const perchd = await world.start_perchd({ name: 'perchd-alone', config });
  const before = { cpu: cpu_ns(perchd.pid), read: bytes_read(perchd.pid) };
  const { sent, bytes } = await flood.run({ shots, seconds });
  await measuring_window(1000); // what is under way
  const arrived = Math.min(1, (bytes_read(perchd.pid) - before.read) / bytes);
  const us = (cpu_ns(perchd.pid) - before.cpu) / 1000 / (sent * arrived);
  await perchd.stop();
  return { us, arrived };
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
  const alone = await cost_of_a_message(world, flood, { seconds, shots: garbage(), config: {} });
  flood.close();
  return {
    rows: [['flood of', 'messages/s', 'frames/s', 'CPU %', 'RSS growth kB'], ['nothing', 0, rounded(quiet.fps), rounded(quiet.cpu_percent), quiet.rss_growth_kb], ...waves],
    notes: [`a message that does not authenticate: ${rounded(alone.us)} µs; ${rounded(100 * alone.arrived)} % of them arrived`],
    figures: {
      viewer_fps_during_flood: Math.min(...waves.map((wave) => wave[2])),
      cpu_percent_during_flood: Math.max(...waves.map((wave) => wave[3])),
      cpu_percent_quiet: rounded(quiet.cpu_percent),
      rss_growth_kb_during_flood: Math.max(...waves.map((wave) => wave[4])),
      unauthenticated_us_per_message: rounded(alone.us),
    },
  };
});
