// Strangers at the media port: floods of STUN, DTLS and RTP from addresses that never passed ICE. The viewer keeps the
// frame rate, the processor is not eaten up, and next to nothing is answered.
import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { udp_ports } from '../browser/harness/proc.mjs';
import { measuring_window } from '../browser/harness/wait.mjs';
import { kAddress, measured, stop_watching, watch } from './attack_watch.mjs';

const kStranger = '127.0.0.3';
const kPerSecond = 5000;
const kSeconds = 4;

const header = (type, length) => {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(length, 2);
  bytes.writeUInt32BE(0x2112a442, 4);
  randomBytes(12).copy(bytes, 8);
  return bytes;
};
const attribute = (type, value) => {
  const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  value.copy(bytes, 4);
  return bytes;
};
const stun = (...attributes) => Buffer.concat([header(1, Buffer.concat(attributes).length), ...attributes]);
const record = (type, epoch, body) => Buffer.concat([Buffer.from([type, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, 0]), Buffer.from([body.length >> 8, body.length & 255]), body]);

/** One of each kind of thing that a stranger may try. */
const kShots = [
  () => stun(), // a binding request without credentials
  () => stun(attribute(0x0006, Buffer.from('guess:guess')), attribute(0x0008, randomBytes(20))), // with wrong ones
  () => header(0x0101, 0), // a response to nothing
  () => Buffer.concat([header(1, 0xfffc), randomBytes(100)]), // a length that lies
  () => record(22, 0, Buffer.concat([Buffer.from([1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 100]), randomBytes(100)])), // a piece of a ClientHello
  () => record(21, 0, Buffer.from([2, 40])), // a fatal alert, not encrypted
  () => record(21, 1, randomBytes(40)), // an encrypted one, forged
  () => Buffer.concat([Buffer.from([0x80, 96]), randomBytes(200)]), // RTP
  () => Buffer.concat([Buffer.from([0x81, 206]), randomBytes(60)]), // RTCP
  () => randomBytes(1200),
];

class Stranger {
  sent = 0;
  sent_bytes = 0;
  answered_bytes = 0;

  static async open() {
    const stranger = new Stranger();
    stranger.socket = createSocket('udp4');
    stranger.socket.on('message', (answer) => (stranger.answered_bytes += answer.length));
    await new Promise((done) => stranger.socket.bind(0, kStranger, done));
    return stranger;
  }

  /** `kPerSecond` datagrams a second to all `ports()` in turn, for as long as `going(ms since the beginning)`. */
  async flood(ports_now, going) {
    const from = performance.now();
    const before = this.sent;
    while (going(performance.now() - from)) {
      const ports = ports_now();
      const due = before + ((performance.now() - from) / 1000) * kPerSecond;
      for (; this.sent < due; this.sent++) {
        const shot = kShots[this.sent % kShots.length]();
        this.sent_bytes += shot.length;
        this.socket.send(shot, ports[this.sent % ports.length], kAddress);
      }
      await measuring_window(5);
    }
  }
}

/** A viewer more, with ten pictures seen. */
async function joined(world, perchd) {
  const viewer = await watch(world, perchd);
  await viewer.wait_for_line(/^frames=[1-9]\d+ /, { what: 'another viewer to watch' });
  return viewer;
}

await browser_test('attack_media_port', async (world) => {
  const config = { video: { width: 320, height: 240, fps: 30 }, ice: { local_addresses: [kAddress] } };
  const perchd = await world.start_perchd({ config });
  const viewer = await watch(world, perchd);
  const ports = udp_ports(perchd.pid);
  expect(ports.length > 0, 'a media port to attack');
  const quiet = await measured(perchd, viewer, () => measuring_window(kSeconds * 1000));

  const stranger = await Stranger.open();
  const flooded = await measured(perchd, viewer, () => stranger.flood(() => ports, (ms) => ms < kSeconds * 1000));
  const us_each = ((flooded.cpu_s - quiet.cpu_s) * 1e6) / stranger.sent;
  fact(`${stranger.sent} datagrams in ${kSeconds} s to ${ports.length} port(s): ${rounded(us_each, 1)} µs each`);
  fact(`frames/s ${rounded(quiet.fps)} before, ${rounded(flooded.fps)} during; CPU ${rounded(quiet.cpu_percent)} % before, ${rounded(flooded.cpu_percent)} % during`);
  fact(`answered with ${stranger.answered_bytes} bytes for ${stranger.sent_bytes}`);
  expect(flooded.fps > 0.9 * quiet.fps, 'the viewer to keep the frame rate');
  expect(us_each < 100, `less than 100 µs for a datagram of a stranger's, not ${rounded(us_each, 1)}`);
  expect(stranger.answered_bytes < stranger.sent_bytes / 4, 'no amplification');

  // Newcomers get in while it lasts, although it reaches their new ports too, and afterwards.
  let joining = true;
  const lasting = stranger.flood(() => udp_ports(perchd.pid), () => joining);
  const sent_before = stranger.sent;
  const newcomer = await joined(world, perchd).finally(() => (joining = false));
  await lasting;
  fact(`a newcomer sees pictures after ${stranger.sent - sent_before} datagrams more`);
  const late = await joined(world, perchd);
  const mark = viewer.mark();
  await viewer.wait_for_line(/^frames=/, { what: 'the first viewer to see on', from: mark });
  for (const child of [viewer, newcomer, late]) await stop_watching(child);
  stranger.socket.close();
  await perchd.stop();
});
