// One viewer page: opened, its first frame awaited, its player's state and statistics read.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { install_probe, visible_text } from './probe.mjs';
import { until } from './wait.mjs';

export class Viewer {
  /**
   * Opens the page served by `broker` in a fresh profile of `browser`, watching `camera`.
   * `fragment` adds or replaces keys after the '#'; `init` is a script run before the page's own. `link`: an invitation's, to
   * which only `fragment` is added. `before_open(page)` may listen to what the page does from the start.
   */
  static async open(browser, broker, { camera = 'front-door', link, fragment = {}, init, probes_need_scripts, viewport, before_open = () => {} } = {}) {
    const viewer = new Viewer();
    viewer.console = [];
    viewer.page = await browser.new_page({ init, probes_need_scripts, viewport });
    viewer.page.on('console', (message) => viewer.console.push(`${message.type()}: ${message.text()}`));
    viewer.page.on('pageerror', (error) => viewer.console.push(`uncaught: ${error.message}`));
    const keys = new URLSearchParams(camera ? { camera, ...fragment } : fragment);
    const more = Object.entries(fragment).map(([name, value]) => `&${name}=${value}`);
    viewer.url = link ? link + more.join('') : `${broker.page_url}#${keys}`;
    await before_open(viewer.page);
    await viewer.page.goto(viewer.url);
    return viewer;
  }

  /** The player as plain data: {session, state, error, frames, marks, ice, connection}; null before there is one. */
  player(index = 0) {
    return this.page.evaluate((i) => {
      const player = window.__perch?.players?.[i];
      if (!player) return null;
      const { session, state, frames, marks, pc } = player;
      const error = player.error && JSON.parse(JSON.stringify(player.error));
      return { session, state, error, frames, marks: { ...marks }, ice: pc?.iceConnectionState, connection: pc?.connectionState };
    }, index);
  }

  /** Milliseconds from publishing the offer to the first decoded frame on screen. */
  async first_frame_ms({ index = 0, timeout_ms = 15_000 } = {}) {
    const marks = await this.until((player) => player?.marks?.first_frame && player.marks, { what: 'a first frame', timeout_ms, index });
    return marks.first_frame - marks.offer_published;
  }

  /** Waits until `check(player data)` is truthy and returns it; errors carry the page's text, console and player. */
  async until(check, { what, timeout_ms = 15_000, index = 0 }) {
    let last = null;
    try {
      return await until(async () => check((last = await this.player(index))), { what: `page: ${what}`, timeout_ms });
    } catch (error) {
      throw new Error(`${error.message.trim()}\n${await this.describe(last)}`);
    }
  }

  /** Waits for words on the page. */
  async until_text(pattern, timeout_ms = 15_000) {
    let text = '';
    try {
      await until(async () => pattern.test((text = await this.text())), { what: `page: words like ${pattern}`, timeout_ms });
    } catch (error) {
      throw new Error(`${error.message.trim()}\npage says: ${text}\n${await this.describe(await this.player())}`);
    }
    return text;
  }

  /** Waits until `count` frames more than now have been presented. */
  async until_frames_advance({ count = 15, timeout_ms = 15_000, index = 0 } = {}) {
    const frames = () => this.#decoded(index);
    const start = await frames();
    let now = start;
    try {
      await until(async () => (now = await frames()) >= start + count, { what: `page: ${count} more frames`, timeout_ms });
    } catch (error) {
      throw new Error(`${error.message.trim()} (got ${now - start})\n${await this.describe(await this.player(index))}`);
    }
    return now - start;
  }

  text() {
    return this.page.evaluate(visible_text);
  }

  /** Whether a picture, moving or kept, is on screen. */
  shows_picture() {
    return this.page.evaluate(() => {
      const { shadowRoot } = document.querySelector('perch-camera');
      return !shadowRoot.querySelector('.still').hidden || shadowRoot.querySelector('video').srcObject !== null;
    });
  }

  async start_probe(options) {
    await this.page.evaluate(install_probe, options ?? {});
  }

  /** Samples taken since start_probe; see probe.mjs. */
  async samples() {
    return this.page.evaluate(() => window.__probe.samples);
  }

  async until_samples(count, timeout_ms = 15_000) {
    await until(async () => (await this.page.evaluate(() => window.__probe.samples.length)) >= count, {
      what: `page: ${count} frames observed`,
      timeout_ms,
    });
    return this.samples();
  }

  /** getStats() of the player's connection: {inbound, pair, transport} as plain objects (empty where absent). */
  stats(index = 0) {
    return this.page.evaluate(async (i) => {
      const report = [...(await window.__perch.players[i].pc.getStats()).values()];
      const pair = report.find((s) => s.type === 'candidate-pair' && s.nominated && s.state === 'succeeded');
      return {
        inbound: report.find((s) => s.type === 'inbound-rtp' && s.kind === 'video') ?? {},
        pair: pair ?? {},
        transport: report.find((s) => s.type === 'transport') ?? {},
      };
    }, index);
  }

  /** The types of the candidates at both ends of the path in use: [here, camera]. */
  async path_in_use(index = 0) {
    return (await this.path_ends(index)).map((end) => end.candidateType);
  }

  /** The candidates of the selected pair as getStats() describes them: [here, camera]; {} while there is none, as between two paths. */
  path_ends(index = 0) {
    return this.page.evaluate(async (i) => {
      const report = await window.__perch.players[i].pc.getStats();
      const transport = [...report.values()].find((s) => s.type === 'transport');
      const pair = report.get(transport?.selectedCandidatePairId);
      return [report.get(pair?.localCandidateId) ?? {}, report.get(pair?.remoteCandidateId) ?? {}];
    }, index);
  }

  /** The incoming audio of getStats(), or {}. */
  inbound_audio(index = 0) {
    return this.page.evaluate(async (i) => {
      const report = [...(await window.__perch.players[i].pc.getStats()).values()];
      return report.find((s) => s.type === 'inbound-rtp' && s.kind === 'audio') ?? {};
    }, index);
  }

  async screenshot(path) {
    mkdirSync(dirname(path), { recursive: true });
    await this.page.screenshot({ path });
  }

  async close() {
    // runBeforeUnload gives pagehide its chance to say bye, as closing a tab does.
    await this.page.close({ runBeforeUnload: true });
    await this.page.context().close();
  }

  async describe(player) {
    const text = await this.text().catch((error) => error.message);
    return [`player: ${JSON.stringify(player)}`, `page says: ${text.slice(0, 400)}`, ...this.console.slice(-15)].join('\n');
  }

  #decoded(index) {
    return this.page.evaluate((i) => {
      const video = window.__perch?.players?.[i]?.video;
      return video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
    }, index);
  }
}
