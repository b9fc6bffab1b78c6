#!/usr/bin/env python3
"""A service manager in small: starts a program, hears its sd_notify(3) words, ends it when its watchdog goes hungry, and starts it
again whenever it ends. Says each event as one line. Usage: supervisor.py WATCHDOG_SECONDS -- PROGRAM ARGUMENTS (0: no watchdog)

SIGTERM: ends the program in order, then itself. SIGHUP: passed on. SIGUSR1: restarts the program, as `systemctl restart` does."""
import os
import select
import signal
import socket
import subprocess
import sys
import time


def say(*words):
    print('supervisor', *words, flush=True)


class Supervisor:
    def __init__(self, watchdog_s, command):
        self.watchdog_s = watchdog_s
        self.command = command
        self.process = None
        self.fed_at = None  # since READY=1
        self.ending = False
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f'\0perch-supervisor-{os.getpid()}')
        self.wake_read, wake_write = os.pipe()
        os.set_blocking(wake_write, False)
        signal.set_wakeup_fd(wake_write)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)

    def start(self):
        env = dict(os.environ, NOTIFY_SOCKET=f'@perch-supervisor-{os.getpid()}')
        if self.watchdog_s:
            env['WATCHDOG_USEC'] = str(int(self.watchdog_s * 1e6))
        self.fed_at = None
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(self.command, env=env)
        say(f'started pid={self.process.pid}')

    def on_datagram(self):
        words = self.socket.recv(4096).decode()
        if 'READY=1' in words.split('\n'):
            say(f'ready_ms={(time.monotonic() - self.started_at) * 1000:.1f}')
        if self.watchdog_s and ('READY=1' in words or 'WATCHDOG=1' in words):
            self.fed_at = time.monotonic()
        say('heard', words.replace('\n', ' '))

    def on_signal(self, number):
        if number == signal.SIGTERM:
            self.ending = True
        if number in (signal.SIGTERM, signal.SIGUSR1):
            self.process.terminate()
        if number == signal.SIGHUP:
            self.process.send_signal(signal.SIGHUP)

    def check(self):
        if self.process.poll() is not None:
            say(f'ended code={self.process.returncode}')
            if not self.ending:
                self.start()
        elif self.fed_at and time.monotonic() - self.fed_at > self.watchdog_s:
            say('watchdog')
            self.fed_at = None
            self.process.kill()

    def run(self):
        self.start()
        while not (self.ending and self.process.poll() is not None):
            ready, _, _ = select.select([self.socket, self.wake_read], [], [], 0.1)
            if self.socket in ready:
                self.on_datagram()
            if self.wake_read in ready:
                for number in os.read(self.wake_read, 64):
                    self.on_signal(number)
            self.check()
        return self.process.returncode


if __name__ == '__main__':
    sys.exit(Supervisor(float(sys.argv[1]), sys.argv[3:]).run())
