// Firefox as Debian ships it has no H.264 until a plug-in is fetched: its user is told so in words.
// needs: firefox
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { artifact, browser_test, fact } from './harness/browser_test.mjs';
import { Firefox } from './harness/firefox.mjs';
import { artifacts_dir } from './harness/paths.mjs';
import { visible_text } from './harness/probe.mjs';

await browser_test('firefox_without_h264', async (world) => {
  await world.start_perchd();
  const dir = join(world.dir, 'firefox');
  mkdirSync(dir);
  const firefox = await Firefox.start({ dir });
  try {
    await firefox.goto(`${world.broker.page_url}#camera=front-door`);
    fact(await firefox.until_text(/cannot play|H\.264/i, visible_text, 30_000));
    mkdirSync(artifacts_dir, { recursive: true });
    await firefox.screenshot(artifact('firefox_without_h264.png'));
  } finally {
    await firefox.stop();
  }
});
