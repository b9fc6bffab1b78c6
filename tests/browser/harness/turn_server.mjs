// A coturn of our own, by default on loopback, with one user or with a secret from which credentials are made.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { find_program } from './paths.mjs';
import { Child } from './process.mjs';
import { free_port, until_listening } from './ports.mjs';

const kFlags = ['-n', '--allow-loopback-peers', '--no-cli', '--no-dtls', '--fingerprint', '--verbose'];

export class TurnServer {
  /** `secret` instead of a user; `tls` is {cert, key}, files to speak TLS with on a second port; `address` is where it listens and relays; `command` is put in front, e.g. `ip netns exec X`. */
  static async start({ dir, secret, tls, address = '127.0.0.1', port, command = [] }) {
    mkdirSync(dir, { recursive: true });
    const server = new TurnServer();
    server.address = address;
    server.port = port ?? (await free_port());
    server.secret = secret;
    const options = {
      'listening-ip': address,
      'listening-port': server.port,
      'relay-ip': address,
      ...(secret ? { 'static-auth-secret': secret } : { user: 'perch:secret' }),
      ...(tls ? { 'tls-listening-port': (server.tls_port = await free_port()), cert: tls.cert, pkey: tls.key } : {}),
      realm: 'perch.test',
      userdb: join(dir, 'users.db'),
      pidfile: join(dir, 'turnserver.pid'),
      'log-file': 'stdout',
    };
    const flags = [...kFlags, ...(tls ? [] : ['--no-tls']), secret ? '--use-auth-secret' : '--lt-cred-mech'];
    const values = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const argv = [...command, find_program('turnserver'), ...flags, ...values];
    server.process = new Child('turnserver', argv[0], argv.slice(1), { log_file: join(dir, 'turnserver.log') });
    if (command.length) await server.process.wait_for_line(/IPv4\. TCP listener opened/i, { what: 'turnserver to listen' });
    else await until_listening(address, server.port, server.process);
    return server;
  }

  /** As links and configuration files take it. */
  uri(transport = 'udp') {
    return `turn:${this.secret ? '' : 'perch:secret@'}${this.address}:${this.port}?transport=${transport}`;
  }

  tls_uri() {
    return `turns:${this.secret ? '' : 'perch:secret@'}${this.address}:${this.tls_port}?transport=tcp`;
  }

  async stop() {
    await this.process.stop();
  }
}
