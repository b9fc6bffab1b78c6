// A hostile broker, or a stranger who may publish: ten thousand messages a second of garbage, of good offers and of offers
// that are refused. Who watches keeps watching, the log stays short, memory stays flat.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { measuring_window } from '../browser/harness/wait.mjs';
import { Flood, garbage, offers, refused_offers } from './attack_flood.mjs';
import { kAddress, measured, stop_watching, watch } from './attack_watch.mjs';

const kSeconds = 4;
const kWaves = [['garbage', garbage()], ['offers that are refused', refused_offers()], ['good offers', offers()]];

await browser_test('attack_flood', async (world) => {
  const config = { video: { width: 320, height: 240, fps: 30 }, ice: { local_addresses: [kAddress] } };
  // What an address sanitizer keeps of freed memory is no growth of the agent's.
  const env = { ...process.env, ASAN_OPTIONS: 'quarantine_size_mb=1' };
  const perchd = await world.start_perchd({ config, env });
  const viewer = await watch(world, perchd);
  const log_size = () => statSync(join(perchd.dir, 'perchd.log')).size;
  const quiet = await measured(perchd, viewer, () => measuring_window(kSeconds * 1000));
  fact(`undisturbed: ${rounded(quiet.fps)} frames/s, ${rounded(quiet.cpu_percent)} % CPU`);
  const flood = await Flood.connect(world.broker);
  for (const [name, shots] of kWaves) {
    const log_before = log_size();
    const wave = await measured(perchd, viewer, () => flood.run({ shots, seconds: kSeconds }));
    const logged = log_size() - log_before;
    fact(`${wave.result.sent} messages of ${name}: ${rounded(wave.fps)} frames/s, ${rounded(wave.cpu_percent)} % CPU, ${wave.rss_growth_kb} kB, ${logged} bytes logged`);
    expect(wave.fps > 0.9 * quiet.fps, `the viewer to keep the frame rate through ${name}`);
    // Eight sessions may begin, and take their memory; nothing grows with the number of messages.
    expect(wave.rss_growth_kb < 8 * 1024, `memory to stay flat through ${name}`);
    expect(logged < 64 * 1024, `the log to stay short through ${name}`);
  }
  flood.close();
  await stop_watching(viewer);
  await perchd.stop();
});
