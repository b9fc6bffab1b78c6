// Headless Chromium driven through a pipe instead of a port, so that it may live in another network namespace.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const kFlags = ['--disable-gpu', '--disable-quic', '--autoplay-policy=no-user-gesture-required', '--disable-audio-output'];

export class PipedChromium {
  /** `program` starts it and passes its arguments and descriptors on; `dir` receives what it writes. */
  static async start({ dir, program, flags = [] }) {
    const { chromium } = await import('playwright-core');
    const home = join(dir, 'chromium');
    mkdirSync(home, { recursive: true });
    const browser = new PipedChromium();
    browser.driver = await chromium.launch({
      executablePath: program,
      args: [...kFlags, ...flags],
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
      timeout: 60_000,
    });
    return browser;
  }

  /** As Chromium.new_page: a page in a profile of its own. */
  async new_page({ init } = {}) {
    const context = await this.driver.newContext({ viewport: { width: 1280, height: 800 } });
    if (init) await context.addInitScript(init);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    return page;
  }

  async stop() {
    await this.driver.close();
  }
}
