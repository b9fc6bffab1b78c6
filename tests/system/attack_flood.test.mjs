// A hostile broker, or somebody who may publish there: ten thousand messages a second at a sealed camera, of garbage and of
// forgeries in the name of who watches, of forgeries in names that nobody bears, and of one authentic offer repeated; then, at an
// open camera, of offers that are refused and of such as are as good as anybody's. Who watches keeps watching, no message is dear, the
// log stays short, memory flat.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { is_sanitized } from '../browser/harness/paths.mjs';
import { perchctl } from '../browser/harness/perchctl.mjs';
import { resident_kb } from '../browser/harness/proc.mjs';
import { measuring_window } from '../browser/harness/wait.mjs';
import { Flood, forged, garbage, kPatientBroker, offers, refused_offers, replays, wave } from './attack_flood.mjs';
import { kAddress, measured, stop_watching, watch, watch_overheard } from './attack_watch.mjs';

const kSeconds = 3;
// On a machine that is busy otherwise a wave may not get through, or the viewer get no processor: it proves nothing then. What an
// attack does it does each time.
const kTries = 3;
const kGuest = 'phone';
const by_build = (release, sanitized) => (is_sanitized() ? sanitized : release);
// Of the time in which sender and broker, or camera, had a processor: waiting for one does not count, but for a quarter at least.
// With sanitizers the dearest wave takes all of one.
const kSentPerSecond = 9000;
const kDeliveredPerSecond = by_build(9000, 4000);
// About three times what is measured in this build on two slow cores, so that five times would show.
const sealed_waves = (offer) => [
  { name: 'garbage in the name of who watches', shots: garbage({ viewer: kGuest }), us: by_build(25, 50), counted: 'unauthenticated' },
  { name: 'forgeries in the name of who watches', shots: forged({ viewer: kGuest }), us: by_build(70, 300), counted: 'unauthenticated' },
  { name: 'forgeries in unknown names', shots: forged(), us: by_build(25, 45), counted: 'unauthenticated' },
  { name: 'the offer of who watches, repeated', shots: replays(offer), us: by_build(70, 180), counted: 'duplicate' },
];
const kSealedGrowth_kb = by_build(1024, 8 * 1024);
const open_waves = [
  { name: 'offers that are refused', shots: refused_offers(), us: by_build(35, 75) },
  { name: 'good offers', shots: offers(), us: by_build(35, 75) },
];
const kOpenGrowth_kb = by_build(2 * 1024, 8 * 1024); // as many sessions as the camera takes may begin, and take their memory

const config = { video: { width: 320, height: 240, fps: 30 }, ice: { local_addresses: [kAddress] } };
// What an address sanitizer keeps of freed memory is no growth of the agent's.
const env = { ...process.env, ASAN_OPTIONS: 'quarantine_size_mb=1' };

/** The camera's own count of the messages that it dropped as `kind`. */
async function dropped(perchd, kind) {
  const { out } = await perchctl(perchd, 'metrics');
  return Number(new RegExp(`^perch_messages_${kind}_total (\\d+)`, 'm').exec(out)[1]);
}

const counting = (waiting) => Math.max(1 - waiting, 0.25);
const log_size = (perchd) => statSync(join(perchd.dir, 'perchd.log')).size;
const sessions_begun = (perchd) => perchd.log_text().match(/mod=viewer .*state=new/g).length;

/** One wave and what holds of each. */
async function withstood({ name, us }, { perchd, ...rest }) {
  const log_before = log_size(perchd);
  const seen = await wave({ perchd, seconds: kSeconds, ...rest });
  const logged = log_size(perchd) - log_before;
  fact(`${name}: ${rounded(seen.sent_per_s, 0)}/s sent, ${rounded(seen.delivered_per_s, 0)}/s delivered (no processor for ${rounded(100 * seen.waiting.to_send, 0)} and ${rounded(100 * seen.waiting.to_read, 0)} % of the time), ${rounded(seen.us_each)} µs each; ${rounded(seen.fps)} frames/s, ${rounded(seen.cpu_percent)} % CPU, ${seen.rss_growth_kb} kB, ${logged} bytes logged`);
  expect(seen.us_each < us, `${name} to cost less than ${us} µs each, not ${rounded(seen.us_each)}`);
  expect(logged < 64 * 1024, `the log to stay short through ${name}`);
  return seen;
}

/** The same wave until one has really got through, and the viewer kept the frame rate. */
async function flooded(what, circumstances) {
  for (let i = 0; i < kTries; i++) {
    const counted_before = what.counted && (await dropped(circumstances.perchd, what.counted));
    const seen = await withstood(what, { ...circumstances, shots: what.shots });
    if (what.counted) {
      const counted = (await dropped(circumstances.perchd, what.counted)) - counted_before;
      expect(counted > 0.95 * seen.delivered, `${what.name}: ${rounded(seen.delivered, 0)} to be dropped as ${what.counted}, not ${counted}`);
    }
    const { sent_per_s, delivered_per_s, waiting } = seen;
    const got_through = sent_per_s >= kSentPerSecond * counting(waiting.to_send) && delivered_per_s >= kDeliveredPerSecond * counting(waiting.to_read);
    if (got_through && seen.fps > 0.9 * circumstances.quiet.fps) return;
  }
  throw new Error(`${what.name}: in no wave of ${kTries} did ${kSentPerSecond} messages/s go out, ${kDeliveredPerSecond} arrive and the viewer keep the frame rate`);
}

await browser_test('attack_flood', async (world) => {
  await world.start_broker({ more: kPatientBroker });
  const sealed = await world.start_perchd({ sealed: true, guests: { [kGuest]: {} }, config, env });
  const { viewer, offer } = await watch_overheard(world, sealed);
  const quiet = await measured(sealed, viewer, () => measuring_window(kSeconds * 1000));
  fact(`undisturbed: ${rounded(quiet.fps)} frames/s, ${rounded(quiet.cpu_percent)} % CPU`);
  const flood = await Flood.connect(world.broker);
  const before_kb = resident_kb(sealed.pid);
  for (const one of sealed_waves(offer)) await flooded(one, { perchd: sealed, viewer, flood, quiet });
  const growth_kb = resident_kb(sealed.pid) - before_kb;
  expect(growth_kb < kSealedGrowth_kb, `memory to stay flat, not to grow by ${growth_kb} kB`);
  expect(sessions_begun(sealed) === 1, 'no session but the one there was');
  await stop_watching(viewer);
  await sealed.stop();

  const open = await world.start_perchd({ name: 'perchd-open', config, env });
  const other = await watch(world, open);
  const open_before_kb = resident_kb(open.pid);
  for (const one of open_waves) await flooded(one, { perchd: open, viewer: other, flood, quiet });
  const open_growth_kb = resident_kb(open.pid) - open_before_kb;
  expect(open_growth_kb < kOpenGrowth_kb, `memory to stay flat where all may offer, not to grow by ${open_growth_kb} kB`);
  flood.close();
  await stop_watching(other);
  await open.stop();
});
