// A camera, a viewer far away and a bad network between them; the camera is the agent, or Chromium as the reference.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect_reference } from './chromium_sender.mjs';
import { ImpairedNet, kMedia, kSignaling } from './impaired_net.mjs';
import { install_impaired_probe } from './impaired_probe.mjs';
import { chromium_path } from './paths.mjs';
import { PipedChromium } from './piped_chromium.mjs';
import { StampedFilm } from './stamped_film.mjs';
import { Viewer } from './viewer.mjs';
import { measuring_window } from './wait.mjs';

/**
 * What the network does, as perch_netsim reads it: `to_there` on the media's way, `to_here` on the feedback's; impaired
 * for `seconds` from its begin, before which it is as good as the first rate and the delay allow. `ends_s`: when it is over.
 */
export const kScenarios = {
  step: { about: '2 → 0.5 Mbit/s', to_there: 'rate=2000+500@0,delay=25', to_here: 'delay=25', seconds: 30 },
  loss5: { about: '5 % random loss', to_there: 'rate=10000,delay=25,loss=0.05', to_here: 'delay=25,loss=0.05', seconds: 60 },
  rtt150: { about: '150 ms RTT', to_there: 'rate=10000,delay=75', to_here: 'delay=75', seconds: 30 },
  blackout: { about: '10 s blackout', to_there: 'rate=10000,delay=25,blackout=0-10', to_here: 'delay=25,blackout=0-10', seconds: 30, ends_s: 10 },
};

export class ImpairedLab {
  #world;
  #net;
  #film;
  #far;
  #near;
  #picture;
  #max_bitrate;

  /** In `world`: network, broker, agent on a busy film, browser. `reference`: also the Chromium that sends. */
  static async open(world, { width, height, fps = 30, max_bitrate = 2_000_000, reference = true }) {
    const lab = new ImpairedLab();
    lab.#world = world;
    lab.#picture = { width, height, fps };
    lab.#max_bitrate = max_bitrate;
    lab.#net = await ImpairedNet.create({ dir: world.dir });
    lab.#film = StampedFilm.start({ path: film_path(world), ...lab.#picture });
    await world.start_broker({ listen: kSignaling.here });
    await world.start_perchd({ config: { video: { source: `file:${lab.#film.path}`, max_bitrate }, ice: { local_addresses: [kMedia.here] } } });
    lab.#far = await PipedChromium.start({ dir: join(world.dir, 'far'), program: lab.#net.launcher(chromium_path()) });
    // Its addresses as they are: over there nobody could resolve a name made of them.
    const flags = ['--disable-features=WebRtcHideLocalIpsWithMdns'];
    if (reference) lab.#near = await PipedChromium.start({ dir: join(world.dir, 'near'), program: chromium_path(), flags });
    return lab;
  }

  /**
   * One scenario from joining to its end. `camera`: 'perch' or 'chromium'. Resolves with {frames, stats} as in
   * impaired_probe, {from, to}: the impaired time [unix ms], `link`: the emulator's counters, `codec`.
   */
  async run(scenario, { camera, warm_up_s = 15, seed = 1 }) {
    const link = await this.#net.start_link({ ...scenario, seed });
    const watched = camera === 'perch' ? await this.#watch_perch() : await this.#watch_chromium();
    await watched.page.evaluate(install_impaired_probe, {});
    await measuring_window(warm_up_s * 1000);
    const from = await link.begin();
    await measuring_window(scenario.seconds * 1000);
    const observed = await watched.page.evaluate(() => window.__observed);
    await watched.close();
    const counters = await link.stop();
    must_have_taken_the_link(observed, counters);
    return { ...observed, from, to: from + scenario.seconds * 1000, link: counters, codec: watched.codec };
  }

  async close() {
    await this.#near?.stop();
    await this.#far.stop();
    await this.#film.stop();
    await this.#net.stop();
  }

  async #watch_perch() {
    const viewer = await Viewer.open(this.#far, this.#world.broker);
    await viewer.first_frame_ms({ timeout_ms: 30_000 });
    return { page: viewer.page, codec: 'video/H264', close: () => viewer.close() };
  }

  #watch_chromium() {
    return connect_reference({ sender: this.#near, viewer: this.#far, picture: this.#picture, max_bitrate: this.#max_bitrate });
  }
}

/** In memory where that is possible: it is written all the time. */
function film_path(world) {
  const path = existsSync('/dev/shm') ? `/dev/shm/perch-film-${process.pid}.y4m` : join(world.dir, 'film.y4m');
  process.on('exit', () => rmSync(path, { force: true }));
  return path;
}

// Media that found another way would make every figure a lie.
function must_have_taken_the_link({ stats }, { a_to_b }) {
  const seen = stats.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  if (a_to_b.bytes_out < seen) throw new Error(`the page received ${seen} bytes, but only ${a_to_b.bytes_out} came over the link`);
}
