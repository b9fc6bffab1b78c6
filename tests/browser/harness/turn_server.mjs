// A coturn of our own on loopback, with one user.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { find_program } from './paths.mjs';
import { Child } from './process.mjs';
import { free_port, until_listening } from './ports.mjs';

export class TurnServer {
  static async start({ dir }) {
    mkdirSync(dir, { recursive: true });
    const server = new TurnServer();
    server.port = await free_port();
    const options = {
      'listening-ip': '127.0.0.1',
      'listening-port': server.port,
      'relay-ip': '127.0.0.1',
      user: 'perch:secret',
      realm: 'perch.test',
      userdb: join(dir, 'users.db'),
      pidfile: join(dir, 'turnserver.pid'),
      'log-file': 'stdout',
    };
    const flags = ['-n', '--lt-cred-mech', '--allow-loopback-peers', '--no-cli', '--no-tls', '--no-dtls', '--fingerprint'];
    const values = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    server.process = new Child('turnserver', find_program('turnserver'), [...flags, ...values], { log_file: join(dir, 'turnserver.log') });
    await until_listening('127.0.0.1', server.port, server.process);
    return server;
  }

  /** As links and configuration files take it. */
  uri(transport = 'udp') {
    return `turn:perch:secret@127.0.0.1:${this.port}?transport=${transport}`;
  }

  async stop() {
    await this.process.stop();
  }
}
