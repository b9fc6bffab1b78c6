// Child processes: log captured line by line, a line waited for, and ended by pid whatever happens to us.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { find_program } from './paths.mjs';
import { within } from './wait.mjs';

const kKeptLines = 5000;
const running = new Set();

// The last word: whatever is still running when this process exits goes with it.
process.on('exit', () => {
  for (const child of running) child.kill_now();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // A program that wants a gentler ending registers its own listener first and exits by itself.
    if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
  });
}

export class Child {
  /**
   * Starts `command`; `name` is used in messages. `log_file` (optional) receives both output streams, but for
   * lines that match `ignore`. `group` makes it the leader of a process group that is signalled as a whole.
   * Where setpriv exists the kernel kills the child if this process dies without a chance to.
   */
  constructor(name, command, args, { env, cwd, log_file, ignore, group = false } = {}) {
    this.name = name;
    this.lines = [];
    this.waiters = new Set();
    this.listeners = new Set();
    const guard = find_program('setpriv');
    const argv = guard ? [guard, '--pdeathsig', 'KILL', '--', command, ...args] : [command, ...args];
    this.group = group;
    this.ignore = ignore;
    this.child = spawn(argv[0], argv.slice(1), { cwd, env: env ?? process.env, detached: group, stdio: ['ignore', 'pipe', 'pipe'] });
    this.log = log_file ? createWriteStream(log_file) : null;
    for (const stream of [this.child.stdout, this.child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.#on_line(line));
    }
    running.add(this);
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => resolve(this.#on_end({ error })));
      this.child.on('close', (code, signal) => resolve(this.#on_end({ code, signal })));
    });
  }

  get pid() {
    return this.child.pid;
  }

  get alive() {
    return !this.outcome;
  }

  /** The last lines of its output, headed by its name, for error messages. */
  tail(count = 20) {
    const end = this.outcome ? ` (ended: ${describe(this.outcome)})` : '';
    return [`--- ${this.name}${end}`, ...this.lines.slice(-count)].join('\n');
  }

  /** The position to pass as `from` in order to wait only for lines that come later. */
  mark() {
    return this.lines.length;
  }

  /** The first line from `from` on that matches, as the RegExp's match; throws if the process ends first. */
  wait_for_line(pattern, { what = `${this.name} to say ${pattern}`, timeout_ms = 10_000, from = 0 } = {}) {
    for (const line of this.lines.slice(from)) {
      const match = pattern.exec(line);
      if (match) return Promise.resolve(match);
    }
    if (this.outcome) return Promise.reject(new Error(`${what}: it has ended\n${this.tail()}`));
    let waiter;
    const promise = new Promise((resolve, reject) => {
      waiter = { pattern, resolve, reject, what };
      this.waiters.add(waiter);
    });
    return within(promise, { what, timeout_ms, detail: () => this.tail() }).finally(() => this.waiters.delete(waiter));
  }

  /** `listener(line)` for every line from now on. */
  on_line(listener) {
    this.listeners.add(listener);
  }

  kill(signal) {
    if (!this.alive || !this.pid) return;
    try {
      process.kill(this.group ? -this.pid : this.pid, signal);
    } catch {
      // Gone between the check and the signal.
    }
  }

  kill_now() {
    this.kill('SIGKILL');
  }

  /** Asks it to end and waits; a process that does not obey is killed and that is an error. */
  async stop({ signal = 'SIGTERM', timeout_ms = 10_000 } = {}) {
    if (!this.alive) return this.outcome;
    this.kill(signal);
    try {
      return await within(this.ended, { what: `${this.name} to end on ${signal}`, timeout_ms, detail: () => this.tail() });
    } catch (error) {
      this.kill_now();
      await this.ended;
      throw error;
    }
  }

  #on_line(line) {
    if (this.ignore?.test(line)) return;
    this.log?.write(line + '\n');
    this.lines.push(line);
    for (const listener of this.listeners) listener(line);
    if (this.lines.length > 2 * kKeptLines) this.lines.splice(0, kKeptLines);
    for (const waiter of this.waiters) {
      const match = waiter.pattern.exec(line);
      if (match) waiter.resolve(match);
    }
  }

  #on_end(outcome) {
    this.outcome = outcome;
    running.delete(this);
    this.log?.end();
    for (const waiter of this.waiters) waiter.reject(new Error(`${waiter.what}: it has ended\n${this.tail()}`));
    return outcome;
  }
}

export function describe({ code, signal, error }) {
  return error ? error.message : signal ? `signal ${signal}` : `exit code ${code}`;
}
