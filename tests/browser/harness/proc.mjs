// What the kernel says about a process: memory, threads, CPU time in nanoseconds, wake-ups.
import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory [kB]. */
export function residentKb(pid) {
  return statusNumber(`/proc/${pid}/status`, 'VmRSS');
}

export function taskCount(pid) {
  return tasks(pid).length;
}

export function taskNames(pid) {
  return tasks(pid).map((tid) => readTask(pid, tid, 'comm')?.trim()).filter(Boolean);
}

/** Time on a CPU so far, all threads alive now [ns]. */
export function cpuNs(pid) {
  return sum(tasks(pid).map((tid) => Number(readTask(pid, tid, 'schedstat')?.split(' ')[0] ?? 0)));
}

/** Times the process woke up so far: each voluntary switch is one sleep ended. */
export function wakeUps(pid) {
  return sum(tasks(pid).map((tid) => numberAfter(readTask(pid, tid, 'status') ?? '', 'voluntary_ctxt_switches')));
}

export function openFiles(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** The pids of all direct and indirect children. */
export function descendants(pid) {
  const children = tasks(pid).flatMap((tid) => (readTask(pid, tid, 'children') ?? '').trim().split(/\s+/).filter(Boolean).map(Number));
  return [...children, ...children.flatMap(descendants)];
}

export function commandLine(pid) {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
}

function tasks(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

// A thread may end between the listing and the reading.
function readTask(pid, tid, file) {
  try {
    return readFileSync(`/proc/${pid}/task/${tid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}

function statusNumber(path, key) {
  return numberAfter(readFileSync(path, 'utf8'), key);
}

function numberAfter(text, key) {
  return Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
