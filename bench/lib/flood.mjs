// A broker, or a stranger on it, that floods the camera: what a viewer notices and what it costs.
import { bench, progress } from './bench.mjs';
import { rounded } from '../../tests/browser/harness/figures.mjs';
import { cpu_ns, resident_kb } from '../../tests/browser/harness/proc.mjs';
import { measuring_window } from '../../tests/browser/harness/wait.mjs';
import { crowded, Flood, forged, garbage, kLongest, kPatientBroker, offers, refused_offers, replays, wave } from '../../tests/system/attack_flood.mjs';
import { bytes_read, kAddress, measured, stop_watching, watch, watch_overheard } from '../../tests/system/attack_watch.mjs';

const kAbout = `An invited viewer watches the test pattern at 1280x720p30 of a sealed camera while somebody publishes ten thousand messages
a second to it: garbage and, as long as an offer, forgeries, both in the name of who watches; such forgeries in names that nobody
bears; the viewer's own offer, as it went over the broker, again and again. Then, at an open camera, offers that are refused, and
good ones of ever new viewers. Messages are counted as sent, and by the bytes that the camera read meanwhile; the worst of the six
counts, memory over all of the first four. Last, sealed and without viewers, what a message that does not authenticate costs the
agent, MQTT included: strangers' garbage, garbage in the name of somebody invited, and forgeries in that name; the dearest kind counts. And five hundred a second of
the longest forgeries that are looked at, 28 KiB, and of envelopes that are full of escapes and short strings, 1 KiB.`;
const kGuest = 'phone';
const config = { ice: { local_addresses: [kAddress] } };

async function cost_of_a_message(world, flood, { name, seconds, shots, per_second }) {
  const perchd = await world.start_perchd({ name: `perchd-${name}`, sealed: true, guests: { [kGuest]: {} } });
  const before = { cpu: cpu_ns(perchd.pid), read: bytes_read(perchd.pid) };
  const { sent, bytes } = await flood.run({ shots, seconds, per_second });
  await measuring_window(1000); // what is under way
  const arrived = Math.min(1, (bytes_read(perchd.pid) - before.read) / bytes);
  const us = (cpu_ns(perchd.pid) - before.cpu) / 1000 / (sent * arrived);
  progress(`${name}: ${rounded(us)} µs a message, ${rounded(100 * arrived)} % of ${sent} arrived`);
  await perchd.stop();
  return { name, us, arrived };
}

async function one_wave(name, circumstances) {
  const seen = await wave(circumstances);
  progress(`${name}: ${rounded(seen.fps)} frames/s, ${rounded(seen.cpu_percent)} % CPU, ${rounded(seen.delivered_per_s, 0)} messages/s; no processor for ${rounded(100 * seen.waiting.to_send, 0)} and ${rounded(100 * seen.waiting.to_read, 0)} % of the time`);
  return { name, ...seen };
}

const row = ({ name, sent_per_s = 0, delivered_per_s = 0, fps, cpu_percent, us_each, rss_growth_kb }) =>
  [name, rounded(sent_per_s, 0), rounded(delivered_per_s, 0), rounded(fps), rounded(cpu_percent), rounded(us_each) ?? '', rss_growth_kb];

await bench('flood', kAbout, { seconds: 10 }, async (world, { seconds }) => {
  await world.start_broker({ more: kPatientBroker });
  const flood = await Flood.connect(world.broker);
  const perchd = await world.start_perchd({ sealed: true, guests: { [kGuest]: {} }, config });
  const { viewer, offer } = await watch_overheard(world, perchd);
  const quiet = await measured(perchd, viewer, () => measuring_window(seconds * 1000));
  const kinds = { garbage: garbage({ viewer: kGuest }), forgeries: forged({ viewer: kGuest }), 'forgeries, unknown names': forged(), 'one offer repeated': replays(offer) };
  const before_kb = resident_kb(perchd.pid);
  const waves = [];
  for (const [name, shots] of Object.entries(kinds)) waves.push(await one_wave(name, { perchd, viewer, flood, quiet, shots, seconds }));
  const rss_growth_kb_during_flood = resident_kb(perchd.pid) - before_kb;
  await stop_watching(viewer);
  await perchd.stop();

  const open = await world.start_perchd({ name: 'perchd-open', config });
  const other = await watch(world, open);
  for (const [name, shots] of Object.entries({ 'refused offers, open access': refused_offers(), 'good offers, open access': offers() }))
    waves.push(await one_wave(name, { perchd: open, viewer: other, flood, quiet, shots, seconds }));
  await stop_watching(other);
  await open.stop();

  const unread = { strangers: garbage(), guest: garbage({ viewer: kGuest }), forged: forged({ viewer: kGuest }) };
  const costs = [];
  for (const [name, shots] of Object.entries(unread)) costs.push(await cost_of_a_message(world, flood, { name, seconds, shots }));
  const longest = [];
  for (const [name, shots] of Object.entries({ 'longest forgery': forged({ viewer: kGuest, size: kLongest }), crowded: crowded({ viewer: kGuest }) }))
    longest.push(await cost_of_a_message(world, flood, { name: name.replace(' ', '-'), seconds, shots, per_second: 500 }));
  flood.close();
  return {
    rows: [['flood of', 'sent/s', 'delivered/s', 'frames/s', 'CPU %', 'µs each', 'RSS growth kB'], row({ name: 'nothing', ...quiet }), ...waves.map(row)],
    notes: [...costs, ...longest].map(({ name, us, arrived }) => `${name}: ${rounded(us)} µs a message; ${rounded(100 * arrived)} % of them arrived`),
    figures: {
      viewer_fps_during_flood: rounded(Math.min(...waves.map(({ fps }) => fps))),
      cpu_percent_during_flood: rounded(Math.max(...waves.map(({ cpu_percent }) => cpu_percent))),
      cpu_percent_quiet: rounded(quiet.cpu_percent),
      delivered_per_s_during_flood: rounded(Math.min(...waves.map(({ delivered_per_s }) => delivered_per_s)), 0),
      rss_growth_kb_during_flood,
      unauthenticated_us_per_message: rounded(Math.max(...costs.map(({ us }) => us))),
      unauthenticated_us_longest: rounded(Math.max(...longest.map(({ us }) => us))),
    },
  };
});
