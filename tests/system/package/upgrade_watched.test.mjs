// The package is upgraded under a booted systemd, and set back, while Chromium watches: the session gets `bye` Restarting, the
// page shows a picture of the new process by itself, and the pause is measured.
//   PERCH_ROOT: a Debian where the package is installed; PERCH_OLD, PERCH_NEW: packages in there
// needs: chromium
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { browser_test, expect, fact, longest_gap } from '../../browser/harness/browser_test.mjs';
import { rounded } from '../../browser/harness/figures.mjs';
import { root as tree } from '../../browser/harness/paths.mjs';
import { to_toml } from '../../browser/harness/perchd.mjs';
import { Child } from '../../browser/harness/process.mjs';
import { until } from '../../browser/harness/wait.mjs';

const { PERCH_ROOT, PERCH_OLD, PERCH_NEW } = process.env;
const kGap_ms = 3000; // bench/restart_gap measures it; here two processors also unpack a package

class BootedDebian {
  #orders = 0;

  static async start(world, config) {
    const booted = new BootedDebian();
    for (const folder of ['orders', 'done']) mkdirSync(booted.at(folder));
    writeFileSync(booted.at('watched.toml'), to_toml(config), { mode: 0o644 });
    const words = ['--timeout', '90', '--share-network', PERCH_ROOT, '/perch/under_orders'];
    booted.process = new Child('systemd', join(tree, 'toolchain/in-systemd'), words, { log_file: join(world.dir, 'systemd.log') });
    await booted.#until_done(0, 30_000);
    return booted;
  }

  at(path) {
    return join(PERCH_ROOT, 'perch', path);
  }

  async install(deb) {
    const from = this.journal().length;
    this.#order(deb);
    await this.#until_done(this.#orders, 30_000);
    return this.journal().slice(from);
  }

  journal() {
    return readFileSync(this.at('journal'), 'utf8').split('\n');
  }

  async stop() {
    this.#order('');
    const { code } = await this.process.ended;
    if (code !== 0) throw new Error(`the booted Debian ended with ${code}\n${this.process.tail()}`);
  }

  #order(text) {
    const name = this.at(`orders/${++this.#orders}`);
    writeFileSync(`${name}.new`, text);
    renameSync(`${name}.new`, name);
  }

  async #until_done(n, timeout_ms) {
    const ended = this.process.ended.then(() => Promise.reject(new Error(`the booted Debian has ended\n${this.process.tail()}`)));
    await Promise.race([ended, until(() => existsSync(this.at(`done/${n}`)), { what: `systemd to do order ${n}`, timeout_ms, detail: () => this.process.tail() })]);
  }
}

async function replaced(booted, viewer, peer, deb) {
  const { session } = await viewer.player();
  const loaded = await viewer.page.evaluate(() => performance.timeOrigin);
  await viewer.start_probe({ motion: false });
  await viewer.until_frames_advance({ count: 30 });
  const heard = peer.received.length;
  const lines = await booted.install(deb);
  await viewer.until((player) => player?.session !== session && player?.marks.first_frame, { what: 'a picture in a new session', timeout_ms: 20_000 });
  await viewer.until_frames_advance({ count: 30 });
  const gap_ms = longest_gap(await viewer.samples());
  fact(`${deb.replace(/.*\//, '')}: no new picture for ${rounded(gap_ms, 0)} ms`);
  const [bye] = peer.heard(session, 'bye');
  expect(bye?.reason === 'Restarting', `bye Restarting, not ${JSON.stringify(bye)}`);
  const states = peer.received.slice(heard).filter(({ topic }) => topic.endsWith('/state')).map(({ body }) => body.online);
  expect(states.indexOf(false) >= 0 && states.lastIndexOf(true) > states.indexOf(false), `offline, then online, not ${states}`);
  expect(lines.some((line) => /state=stopping viewers=1/.test(line)), `an orderly end with one viewer:\n${lines.join('\n')}`);
  expect((await viewer.page.evaluate(() => performance.timeOrigin)) === loaded, 'the page not to be loaded again');
  expect(gap_ms < kGap_ms, `a pause under ${kGap_ms} ms`);
}

await browser_test('upgrade_watched', async (world) => {
  const broker = await world.start_broker();
  const config = {
    camera: { id: 'front-door' },
    video: { source: 'pattern', width: 640, height: 360 },
    broker: { url: broker.mqtt_url },
    access: { mode: 'open' },
    ice: { local_addresses: ['127.0.0.1'] },
  };
  const booted = await BootedDebian.start(world, config);
  const peer = await world.connect_peer({ viewer: 'phone' });
  await peer.until_state((state) => state.online, { what: 'the packaged camera on the broker' });
  const viewer = await world.open_viewer({ fragment: { viewer: 'phone' } });
  await viewer.first_frame_ms();
  await replaced(booted, viewer, peer, PERCH_NEW);
  await replaced(booted, viewer, peer, PERCH_OLD);
  await viewer.close();
  await booted.stop();
});
