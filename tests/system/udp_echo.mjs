// Sends every datagram back to where it came from; prints its port when it listens.
import { createSocket } from 'node:dgram';

const socket = createSocket('udp4');
socket.on('message', (message, { port, address }) => socket.send(message, port, address));
socket.bind(0, () => console.log(`echoes on ${socket.address().port}`));
