// Headless Firefox driven over WebDriver BiDi with the four commands we need, so that no driver package is.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import WebSocket from 'ws';
import { firefox_path } from './paths.mjs';
import { Child } from './process.mjs';
import { until, within } from './wait.mjs';

const kPreferences = {
  'media.autoplay.default': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
};

export class Firefox {
  #pending = new Map();
  #next_id = 1;

  static async start({ dir, preferences = {} }) {
    const profile = join(dir, 'firefox');
    mkdirSync(profile, { recursive: true });
    const lines = Object.entries({ ...kPreferences, ...preferences }).map(([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});`);
    writeFileSync(join(profile, 'user.js'), lines.join('\n') + '\n');
    const firefox = new Firefox();
    firefox.process = new Child('firefox', firefox_path(), ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', 'about:blank'], {
      env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' },
      log_file: join(dir, 'firefox.log'),
      group: true,
    });
    const [, endpoint] = await firefox.process.wait_for_line(/WebDriver BiDi listening on (ws:\/\/\S+)/, { timeout_ms: 60_000 });
    await firefox.#connect(`${endpoint}/session`);
    return firefox;
  }

  async #connect(url) {
    this.socket = new WebSocket(url);
    this.socket.on('message', (data) => this.#on_message(JSON.parse(data)));
    const opened = new Promise((resolve, reject) => this.socket.on('open', resolve).on('error', reject));
    await within(opened, { what: 'firefox to accept its driver', timeout_ms: 20_000, detail: () => this.process.tail() });
    await this.command('session.new', { capabilities: {} });
    const { contexts } = await this.command('browsingContext.getTree', {});
    this.context = contexts[0].context;
  }

  command(method, params) {
    const id = this.#next_id++;
    const reply = new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.socket.send(JSON.stringify({ id, method, params }));
    return within(reply, { what: `firefox: ${method}`, timeout_ms: 30_000, detail: () => this.process.tail() });
  }

  async goto(url) {
    await this.command('browsingContext.navigate', { context: this.context, url, wait: 'complete' });
  }

  /** The JSON value of `body` (a function without arguments) run in the page. */
  async evaluate(body) {
    const { result, exceptionDetails } = await this.command('script.evaluate', {
      expression: `Promise.resolve((${body})()).then((value) => JSON.stringify(value ?? null))`,
      target: { context: this.context },
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(`firefox: ${exceptionDetails.text}`);
    return JSON.parse(result.value);
  }

  async until_text(pattern, visible_text, timeout_ms = 20_000) {
    let text = '';
    await until(async () => pattern.test((text = await this.evaluate(visible_text))), {
      what: `firefox: words like ${pattern}`,
      timeout_ms,
      detail: () => `page says: ${text}`,
    });
    return text;
  }

  async screenshot(path) {
    const { data } = await this.command('browsingContext.captureScreenshot', { context: this.context });
    writeFileSync(path, Buffer.from(data, 'base64'));
  }

  async stop() {
    this.socket?.terminate();
    await this.process.stop({ timeout_ms: 10_000 }).catch(() => this.process.kill_now());
  }

  #on_message(message) {
    const waiter = this.#pending.get(message.id);
    if (!waiter) return;
    this.#pending.delete(message.id);
    if (message.type === 'error') waiter.reject(new Error(`firefox: ${message.error}: ${message.message}`));
    else waiter.resolve(message.result);
  }
}
