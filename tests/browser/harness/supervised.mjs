// The agent under a small service manager (tests/system/supervisor.py): restarted when it ends, hangs or is told to.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

const program = join(root, 'tests/system/supervisor.py');

/** What to put in front of perchd's command line; `watchdog_s` 0: no watchdog. */
export const supervised = (watchdog_s) => ['python3', program, String(watchdog_s), '--'];

export const kStarted = /^supervisor started pid=(\d+)/;
export const kReady = /^supervisor ready_ms=([\d.]+)/;

/** The pid of the agent that runs now, under its supervisor. */
export function agent_pid(perchd) {
  return Number(perchd.process.lines.map((line) => kStarted.exec(line)?.[1]).filter(Boolean).at(-1));
}

/** `systemctl reload`, restart: a signal to the supervisor. */
export const reload = (perchd) => process.kill(perchd.pid, 'SIGHUP');
export const restart = (perchd) => process.kill(perchd.pid, 'SIGUSR1');

/** Whether a process stands still under SIGSTOP. */
export const is_stopped = (pid) => /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
