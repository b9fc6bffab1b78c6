// A board whose clock stands at 1970, as after a power cut: the broker's certificate is not valid yet then. The log and perchctl
// say so, and once the clock is set the camera comes by itself. Should the clock be lost while somebody watches, with the
// broker gone as well, the picture goes on.
// needs: chromium openssl
import { join } from 'node:path';
import { browser_test, expect, fact, longest_gap } from '../browser/harness/browser_test.mjs';
import { Authority } from '../browser/harness/certificates.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { free_port } from '../browser/harness/ports.mjs';
import { host_address, with_guest } from './guest.mjs';
import { kPatience_ms, timed } from './watch.mjs';

const kAfterPowerCut = 60; // [s since 1970]
const kWords = /not valid yet: our clock is wrong, it says 1970-01-01/;

const now = () => Date.now() / 1000;

async function expect_words(guest, mark) {
  const log = guest.process;
  const [, reason] = await log.wait_for_line(/mod=mqtt state=retrying .*reason="([^"]*not valid yet[^"]*)"/, { what: 'a word about the clock', from: mark, timeout_ms: kPatience_ms });
  expect(kWords.test(reason), `words that name the clock, not "${reason}"`);
  const { broker } = JSON.parse(await guest.perchctl('status', '--json'));
  expect(!broker.connected && kWords.test(broker.trouble), `perchctl to say so too, not "${JSON.stringify(broker)}"`);
  return reason;
}

const until_connected = (guest, mark) =>
  timed(guest.process.wait_for_line(/mod=mqtt state=connected/, { what: 'a connection', from: mark, timeout_ms: 10_000 }));

await browser_test('clock_at_1970', async (world) => {
  const authority = new Authority(join(world.dir, 'ca'));
  const { cert, key } = authority.issue(host_address);
  const port = await free_port();
  const broker = [`listener ${port} ${host_address}`, `certfile ${cert}`, `keyfile ${key}`];
  const config = { broker: { url: `mqtts://${host_address}:${port}`, ca_file: authority.cert }, video: { source: 'pattern', width: 640, height: 360, fps: 15 } };
  await with_guest(world, { config, broker, clock: kAfterPowerCut, await_online: false }, async ({ guest, peer }) => {
    fact(`at the start: ${await expect_words(guest, 0)}`);
    let mark = guest.process.mark();
    await guest.set_clock(now());
    fact(`connected ${await until_connected(guest, mark)} ms after the clock was set`);

    await peer.until_state((state) => state.online);
    const viewer = await world.open_viewer();
    await viewer.first_frame_ms({ timeout_ms: kPatience_ms });
    const { session } = await viewer.player();
    await viewer.start_probe({ motion: false });
    mark = guest.process.mark();
    await guest.set_clock(kAfterPowerCut);
    await world.broker.stop();
    await world.broker.resume();
    await expect_words(guest, mark);
    await viewer.until_frames_advance({ count: 30 });
    mark = guest.process.mark();
    await guest.set_clock(now());
    fact(`lost while watched: connected ${await until_connected(guest, mark)} ms after it was set again`);
    await viewer.until_frames_advance({ count: 15 });
    const gap_ms = longest_gap(await viewer.samples());
    fact(`longest pause between pictures: ${rounded(gap_ms)} ms`);
    expect((await viewer.player()).session === session, 'the same session throughout');
    expect(gap_ms < 1000, `the picture to go on, but it paused for ${gap_ms} ms`);
    await viewer.close();
  });
});
