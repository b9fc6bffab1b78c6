// A stream that comes encoded cannot be made smaller: over a network too slow for it an invited viewer gets fewer of its
// pictures, and is told so in a sealed `notice`, also when the broker was away at that moment.
// needs: chromium ffmpeg
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { ImpairedNet, kMedia, kSignaling } from '../browser/harness/impaired_net.mjs';
import { chromium_path } from '../browser/harness/paths.mjs';
import { PipedChromium } from '../browser/harness/piped_chromium.mjs';
import { Viewer } from '../browser/harness/viewer.mjs';
import { until } from '../browser/harness/wait.mjs';
import { skip_where_impossible } from './impaired.mjs';

const kPatience_s = 8;

const badge_of = (viewer) => viewer.page.evaluate(() => document.querySelector('perch-camera').shadowRoot.querySelector('.pill').textContent);

/** The time until the page's badge says `words` [s]. */
async function until_badge(viewer, words, timeout_s) {
  const from = performance.now();
  let seen = '';
  await until(async () => (seen = await badge_of(viewer)) === words, { what: `the badge ${words}`, detail: () => seen, timeout_ms: timeout_s * 1000 });
  return rounded((performance.now() - from) / 1000);
}

function make_clip(path) {
  const rate = ['-b:v', '900k', '-maxrate', '900k', '-bufsize', '100k', '-g', '15', '-profile:v', 'baseline', '-tune', 'zerolatency'];
  const input = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=30,noise=alls=12:allf=t', '-t', '4'];
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', ...input, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', ...rate, '-bsf:v', 'h264_mp4toannexb', path]);
}

skip_where_impossible();
await browser_test('thinned_stream', async (world) => {
  const clip = join(world.dir, 'clip.h264');
  make_clip(clip);
  const net = await ImpairedNet.create({ dir: world.dir });
  await world.start_broker({ listen: kSignaling.here });
  const perchd = await world.start_perchd({ sealed: true, guests: { phone: {} }, config: { video: { source: `file:${clip}` }, ice: { local_addresses: [kMedia.here] } } });
  const far = await PipedChromium.start({ dir: join(world.dir, 'far'), program: net.launcher(chromium_path()) });
  const link = await net.start_link({ to_there: `rate=6000+300@0,delay=20`, to_here: 'delay=20' });

  const viewer = await Viewer.open(far, world.broker, { link: perchd.invitations.phone.link });
  await viewer.first_frame_ms({ timeout_ms: 30_000 });
  await viewer.until_frames_advance({ count: 30 });
  expect((await badge_of(viewer)) === 'Live', 'all of the stream at first');
  await world.broker.stop();
  const mark = perchd.process.mark();
  await link.begin();
  await perchd.process.wait_for_line(/viewer=phone\/\S+ picture=thinned/, { what: 'fewer frames', from: mark, timeout_ms: kPatience_s * 1000 });
  expect((await badge_of(viewer)) === 'Live', 'the page not to know, without a broker');
  await world.broker.resume();
  fact(`fewer frames said ${await until_badge(viewer, 'Live · fewer frames', kPatience_s)} s after the broker was back`);
  await viewer.until_frames_advance({ count: 5 });
  expect((await viewer.player()).state === 'live', 'one session throughout');

  await viewer.close();
  await far.stop();
  await link.stop();
  await perchd.stop();
  await net.stop();
});
