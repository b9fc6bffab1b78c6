// The camera's cable pulled and put back again and again while somebody watches: told within a second, a picture within
// two, the same session, and perchd no larger than before.
// needs: chromium
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { median, percentile } from '../browser/harness/figures.mjs';
import { with_guest } from './guest.mjs';
import { kPatience_ms, timed } from './watch.mjs';

const kCycles = 50;
/** Pages that are touched for the first time in the first cycles: fragments of the allocator, lazily bound functions. */
const kWarmUp = 5;
const kGrowth_kb = 400;
/** For nine cycles in ten: a busy machine may have its moments. */
const kTold_ms = 1000;
const kShown_ms = 2000;

await browser_test('replug_vivid_camera', (world) =>
  with_guest(world, { config: { video: { source: '/dev/video0' } } }, async ({ guest, peer }) => {
    const camera_is = (health) => peer.until_state((state) => state.camera === health, { what: `a camera that is ${health}` });
    const viewer = await world.open_viewer();
    await viewer.first_frame_ms({ timeout_ms: kPatience_ms });
    const { session } = await viewer.player();
    const told = [];
    const shown = [];
    const reports = [];
    for (let cycle = 0; cycle < kCycles; cycle++) {
      await viewer.until_frames_advance({ count: 5, timeout_ms: kPatience_ms });
      reports.push(await guest.report());
      const unplugged = guest.unplug();
      told.push(await timed(camera_is('lost')));
      await unplugged;
      const picture = timed(viewer.until_frames_advance({ count: 1, timeout_ms: kPatience_ms }));
      await guest.plug_in();
      shown.push(await picture);
      await camera_is('ok');
    }
    fact(`told after ${median(told)} ms (worst ${Math.max(...told)}), shown after ${median(shown)} ms (worst ${Math.max(...shown)})`);
    fact(`memory ${reports.map(({ rss_kb }) => rss_kb).join(' ')} kB`);
    fact(`open files ${reports.map(({ files }) => files).join(' ')}`);
    expect(percentile(told, 90) <= kTold_ms, `to be told within ${kTold_ms} ms`);
    expect(percentile(shown, 90) <= kShown_ms, `a picture within ${kShown_ms} ms`);
    expect((await viewer.player()).session === session, 'the same session all the time');
    const [settled, last] = [reports[kWarmUp], reports.at(-1)];
    expect(last.files <= settled.files, `no more open files than after ${kWarmUp} cycles (${settled.files}), not ${last.files}`);
    expect(last.rss_kb <= settled.rss_kb + kGrowth_kb, `no more memory than after ${kWarmUp} cycles (${settled.rss_kb} kB), not ${last.rss_kb} kB`);
  }),
);
