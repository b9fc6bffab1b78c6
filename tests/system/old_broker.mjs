// A broker that speaks MQTT 3.1.1 and nothing newer: prints its port when it listens.
import net from 'node:net';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../browser/harness/package.json', import.meta.url));
const broker = require('aedes')();
const server = net.createServer(broker.handle);
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
