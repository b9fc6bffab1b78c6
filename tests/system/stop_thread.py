#!/usr/bin/env python3
"""Stops one thread of a process as a driver does that never returns from a system call: the others run on.
Usage: stop_thread.py PID THREAD_NAME ("" is the main thread). Says "stopped", holds it, and ends with it; ended before, it lets go."""
import ctypes
import os
import sys

PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207
kWaitAll = 0x40000000  # __WALL: threads too


def thread_of(pid, name):
    if not name:
        return pid
    for tid in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{tid}/comm', encoding='ascii') as comm:
            if comm.read().strip() == name:
                return int(tid)
    sys.exit(f'no thread {name} in {pid}')


def main(pid, name):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    thread = thread_of(pid, name)
    for request in (PTRACE_SEIZE, PTRACE_INTERRUPT):
        if libc.ptrace(request, thread, None, None) != 0:
            sys.exit(f'cannot stop thread {thread}: {os.strerror(ctypes.get_errno())}')
    os.waitpid(thread, kWaitAll)
    print('stopped', flush=True)
    # Who stops a thread has to bury it too: a killed process is not gone before.
    while os.WIFSTOPPED(os.waitpid(thread, kWaitAll)[1]):
        pass


if __name__ == '__main__':
    main(int(sys.argv[1]), sys.argv[2])
