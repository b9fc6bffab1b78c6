// TCP ports on loopback: a free one to use, whether one is taken, and when somebody listens.
import { connect, createServer } from 'node:net';
import { until } from './wait.mjs';

/** A port that nobody listens on at this moment. */
export function free_port(address = '127.0.0.1') {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, address, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Whether binding address:port fails because it is in use; throws when the address is not this machine's. */
export function port_in_use(address, port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', (error) => (error.code === 'EADDRINUSE' ? resolve(true) : reject(error)));
    server.listen(port, address, () => server.close(() => resolve(false)));
  });
}

/** Resolves once a connection to address:port succeeds; throws at once when `child` has ended. */
export async function until_listening(address, port, child, timeout_ms = 10_000) {
  await until(
    async () => {
      if (!child.alive) throw new Error(`${child.name} ended before it listened on ${address}:${port}\n${child.tail()}`);
      return can_connect(address, port);
    },
    { what: `${child.name} to listen on ${address}:${port}`, timeout_ms, detail: () => child.tail() },
  );
}

function can_connect(address, port) {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    socket.on('connect', () => resolve(socket.destroy() && true));
    socket.on('error', () => resolve(false));
  });
}
