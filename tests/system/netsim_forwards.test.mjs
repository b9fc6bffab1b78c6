// perch_netsim between two real network namespaces: packets cross both ways, and a seed loses the same ones each time.
import { createSocket } from 'node:dgram';
import { fileURLToPath } from 'node:url';
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { ImpairedNet, kMedia } from '../browser/harness/impaired_net.mjs';
import { Child } from '../browser/harness/process.mjs';
import { until } from '../browser/harness/wait.mjs';
import { skip_where_impossible } from './impaired.mjs';

const kPackets = 2000;
/** Well below the 500 packets that a tun device queues. */
const kBatch = 50;

/** Numbered packets there and back; resolves with {missing: the numbers that did not return, counters}. */
async function send_and_echo(net, port, { seed }) {
  const link = await net.start_link({ to_there: 'loss=0.05,delay=5', to_here: 'delay=5', seed });
  await link.begin();
  const socket = createSocket('udp4');
  const back = new Set();
  socket.on('message', (message) => back.add(message.readUInt32BE()));
  const returned = (from) => Array.from({ length: kBatch }, (_, i) => from + i).filter((number) => back.has(number)).length;
  // One batch more than is looked at: nothing overtakes, so once that is back nothing is missing that may still come.
  for (let i = 0; i < kPackets + kBatch; i++) {
    const packet = Buffer.alloc(200);
    packet.writeUInt32BE(i);
    await new Promise((resolve) => socket.send(packet, port, kMedia.there, resolve));
    if (i % kBatch === kBatch - 1) await until(() => returned(i + 1 - kBatch) > kBatch / 2, { what: `most packets up to ${i} to come back` });
  }
  const counters = await link.stop();
  socket.close();
  return { missing: Array.from({ length: kPackets }, (_, i) => i).filter((i) => !back.has(i)), counters };
}

skip_where_impossible();
await browser_test('netsim_forwards', async (world) => {
  const net = await ImpairedNet.create({ dir: world.dir });
  const script = fileURLToPath(new URL('udp_echo.mjs', import.meta.url));
  const echo = new Child('echo', net.launcher(process.execPath), [script]);
  const [, port] = await echo.wait_for_line(/echoes on (\d+)/);

  const [first, again, other] = [await send_and_echo(net, port, { seed: 42 }), await send_and_echo(net, port, { seed: 42 }), await send_and_echo(net, port, { seed: 43 })];
  const { a_to_b, b_to_a } = first.counters;
  fact(`${kPackets} packets: ${first.missing.length} lost, ${other.missing.length} with another seed; at most ${a_to_b.late_ms_max} ms late`);
  expect(a_to_b.packets_in === kPackets + kBatch, `every packet on the link, not ${a_to_b.packets_in}`);
  expect(a_to_b.lost >= first.missing.length && a_to_b.lost <= first.missing.length + kBatch / 2, `nothing missing but what is said to be lost: ${JSON.stringify(first.counters)}`);
  expect(a_to_b.packets_out + a_to_b.lost === a_to_b.packets_in && b_to_a.lost === 0, `each packet counted once: ${JSON.stringify(first.counters)}`);
  expect(first.missing.length > 60 && first.missing.length < 140, `about 100 lost packets, not ${first.missing.length}`);
  expect(String(first.missing) === String(again.missing), 'the same packets lost with the same seed');
  expect(String(first.missing) !== String(other.missing), 'other packets lost with another seed');
  await echo.stop({ signal: 'SIGKILL' });
  await net.stop();
});
