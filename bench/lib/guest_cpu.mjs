// CPU time of the programs in a test guest, seen from outside: inside, user time reads zero.
import { readFileSync } from 'node:fs';
import { cpu_ns, descendants } from '../../tests/browser/harness/proc.mjs';

/**
 * CPU time so far of everything that runs in user mode in the guest of this `toolchain/uml/run` process [ns]. Each
 * address space of the guest is a process here, traced by the guest's kernel, whose own work is not counted.
 */
export function guest_user_ns(run_pid) {
  return descendants(run_pid).filter(is_traced).map(cpu_ns).reduce((sum, ns) => sum + ns, 0);
}

function is_traced(pid) {
  try {
    return /^TracerPid:\s*[1-9]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
