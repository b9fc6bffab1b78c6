// Headless Chromium as a child process of ours, driven over its DevTools port; its pid is ours to kill.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium_path } from './paths.mjs';
import { Child } from './process.mjs';
import { descendants, command_line } from './proc.mjs';

const kFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--password-store=basic',
  '--autoplay-policy=no-user-gesture-required',
  // Several viewers are watched at once: none may be throttled for being in the background.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  // No sound card: a silent one that keeps time.
  '--disable-audio-output',
  '--window-size=1280,800',
  '--remote-debugging-port=0',
];

export class Chromium {
  /** `dir` receives its profile and its log; `flags` are added to ours; `pin_to` is a CPU number. */
  static async start({ dir, flags = [], pin_to }) {
    const program = chromium_path();
    if (!program) throw new Error('chromium is not installed');
    const { chromium } = await import('playwright-core');
    const profile = join(dir, 'chromium');
    mkdirSync(profile, { recursive: true });
    const browser = new Chromium();
    const command = [program, ...kFlags, `--user-data-dir=${profile}`, ...flags, 'about:blank'];
    if (pin_to !== undefined) command.unshift('taskset', '-c', String(pin_to));
    browser.process = new Child('chromium', command[0], command.slice(1), {
      env: { ...process.env, HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile },
      // It complains about a missing desktop at length.
      ignore: /^\s*$|dbus\//,
      log_file: join(dir, 'chromium.log'),
      group: true,
    });
    const [, endpoint] = await browser.process.wait_for_line(/DevTools listening on (ws:\/\/\S+)/, {
      what: 'chromium to open its DevTools port',
      timeout_ms: 30_000,
    });
    browser.driver = await chromium.connectOverCDP(endpoint, { timeout: 30_000 });
    return browser;
  }

  /** A page in a profile of its own, so that nothing is remembered from another; `init` runs before the page's own scripts. */
  async new_page({ init, probes_need_scripts = false, viewport = { width: 1280, height: 800 } } = {}) {
    // The page's content security policy lets nothing in that did not come with it, not even a probe's audio worklet.
    const context = await this.driver.newContext({ viewport, bypassCSP: probes_need_scripts });
    if (init) await context.addInitScript(init);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    return page;
  }

  /** The pids of the processes that run pages. */
  renderer_pids() {
    return descendants(this.process.pid).filter((pid) => {
      try {
        // Renderers come from the zygote and rewrite their command line into one string.
        return command_line(pid).join(' ').includes('--type=renderer');
      } catch {
        return false;
      }
    });
  }

  /** SIGKILL to the browser and all its processes: no goodbye of any kind. */
  async kill_hard() {
    this.process.kill('SIGKILL');
    await this.process.ended;
  }

  async stop() {
    if (!this.process.alive) return;
    await this.driver.close().catch(() => {});
    this.process.kill('SIGTERM');
    await this.process.stop({ timeout_ms: 5000 }).catch(() => this.process.kill_now());
  }
}
