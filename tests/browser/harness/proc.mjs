// What the kernel says about a process: memory, threads, CPU time in nanoseconds, wake-ups.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Resident memory [kB]. */
export function resident_kb(pid) {
  return status_number(`/proc/${pid}/status`, 'VmRSS');
}

export function task_count(pid) {
  return tasks(pid).length;
}

export function task_names(pid) {
  return tasks(pid).map((tid) => read_task(pid, tid, 'comm')?.trim()).filter(Boolean);
}

/** Time on a CPU so far, all threads alive now [ns]. */
export function cpu_ns(pid) {
  return sum(tasks(pid).map((tid) => Number(read_task(pid, tid, 'schedstat')?.split(' ')[0] ?? 0)));
}

/** Time that its first thread was ready to run and had no CPU so far [ns]: how busy the machine is with others. */
export function waiting_ns(pid) {
  return Number(read_task(pid, pid, 'schedstat')?.split(' ')[1] ?? 0);
}

/** Times the process woke up so far: each voluntary switch is one sleep ended. */
export function wake_ups(pid) {
  return sum(tasks(pid).map((tid) => number_after(read_task(pid, tid, 'status') ?? '', 'voluntary_ctxt_switches')));
}

export function open_files(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** The pids of all direct and indirect children. */
export function descendants(pid) {
  const children = tasks(pid).flatMap((tid) => (read_task(pid, tid, 'children') ?? '').trim().split(/\s+/).filter(Boolean).map(Number));
  return [...children, ...children.flatMap(descendants)];
}

export function command_line(pid) {
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
function read_task(pid, tid, file) {
  try {
    return readFileSync(`/proc/${pid}/task/${tid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}

function status_number(path, key) {
  return number_after(readFileSync(path, 'utf8'), key);
}

function number_after(text, key) {
  return Number(new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

/** The local ports of all UDP sockets over IPv4 that the process holds. */
export function udp_ports(pid) {
  const sockets = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => socket_inode(`/proc/${pid}/fd/${fd}`)));
  const lines = readFileSync(`/proc/${pid}/net/udp`, 'utf8').trim().split('\n').slice(1);
  const fields = lines.map((line) => line.trim().split(/\s+/));
  return fields.filter((row) => sockets.has(row[9])).map((row) => parseInt(row[1].split(':')[1], 16));
}

function socket_inode(path) {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1];
  } catch {
    return undefined; // closed between the listing and the reading
  }
}
