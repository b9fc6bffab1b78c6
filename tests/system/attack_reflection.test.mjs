// A camera is no cannon: candidates that point at a third party, as many as are taken, draw nothing but a bounded number
// of connectivity checks, at a bounded rate, and silence afterwards. And no connection: those are the viewer's to make.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { MqttPeer } from '../browser/harness/mqtt_peer.mjs';
import { measuring_window, until } from '../browser/harness/wait.mjs';
import { candidate, offer_sdp } from './attack_offer.mjs';

const kVictim = '10.9.9.1';
const kServers = 8;
const kCandidates = 32; // in the offer, and as many trickled: PROTOCOL.md "Limits"
const kChecksPerCandidate = 8; // RFC 8489 §6.2.1: Rc = 7 requests; one more for rounding at the end
const kChecksPerSecond = 250; // RFC 8445 §14.2: one each Ta = 5 ms, and some that come late

const is_check = (datagram) => datagram.length >= 20 && datagram.readUInt16BE(0) === 1 && datagram.readUInt32BE(4) === 0x2112a442;

/** Sockets of somebody who never asked for anything. */
class Victim {
  arrivals = [];
  others = 0;
  connections = 0;

  static async open(count) {
    const victim = new Victim();
    victim.sockets = Array.from({ length: count }, () => createSocket('udp4'));
    for (const socket of victim.sockets) {
      socket.on('message', (datagram) => (is_check(datagram) ? victim.arrivals.push({ at: performance.now(), bytes: datagram.length }) : victim.others++));
      await new Promise((done) => socket.bind(0, kVictim, done));
    }
    victim.servers = Array.from({ length: kServers }, () => createServer(() => victim.connections++));
    for (const server of victim.servers) await new Promise((done) => server.listen(0, kVictim, done));
    return victim;
  }

  tcp_candidates(type) {
    return this.servers.map((server, i) => `${candidate(100 + i, kVictim, server.address().port).replace(' udp ', ' tcp ')}${type}`);
  }

  candidates(from, count) {
    return this.sockets.slice(from, from + count).map((socket, i) => candidate(from + i, kVictim, socket.address().port));
  }

  /** The most checks within any second. */
  busiest_second() {
    return Math.max(0, ...this.arrivals.map(({ at }, i) => this.arrivals.slice(i).findIndex((later) => later.at > at + 1000)).map((n, i) => (n < 0 ? this.arrivals.length - i : n)));
  }

  close() {
    for (const socket of [...this.sockets, ...this.servers]) socket.close();
  }
}

await browser_test('attack_reflection', async (world) => {
  const perchd = await world.start_perchd({ config: { ice: { local_addresses: ['10.9.9.1'] } } });
  const victim = await Victim.open(2 * kCandidates);
  const attacker = await MqttPeer.connect(world.broker, { viewer: 'attacker' });
  await attacker.until_state((state) => state.online);
  const session = MqttPeer.new_session();
  const offer = { sdp: offer_sdp(victim.candidates(0, kCandidates)), want: { video: true } };
  await attacker.send(session, 'offer', offer);
  const trickled = victim.candidates(kCandidates, kCandidates).map((line) => ({ candidate: line, mid: '0' }));
  await attacker.send(session, 'candidates', { candidates: trickled, done: true });
  // TCP: any service would do as a third party, in this host's name.
  const second = MqttPeer.new_session();
  const in_offer = [...victim.tcp_candidates(' tcptype passive'), ...victim.tcp_candidates(' tcptype so')];
  await attacker.send(second, 'offer', { sdp: offer_sdp(in_offer), want: { video: true } });
  const later = [...victim.tcp_candidates(' tcptype passive'), ...victim.tcp_candidates('')];
  await attacker.send(second, 'candidates', { candidates: later.map((line) => ({ candidate: line, mid: '0' })), done: true });
  await attacker.until_heard(session, 'bye', { what: 'the session to be given up', timeout_ms: 25_000 });
  const checks = victim.arrivals.length;
  const bytes = victim.arrivals.reduce((sum, arrival) => sum + arrival.bytes, 0);
  const asked = Buffer.byteLength(JSON.stringify(offer)) + Buffer.byteLength(JSON.stringify(trickled));
  fact(`${checks} checks to ${2 * kCandidates} ports, ${victim.busiest_second()} in the busiest second; ${bytes} bytes for ${asked} (${rounded(bytes / asked)} times)`);
  expect(checks > 0, 'checks, or this proves nothing');
  expect(victim.others === 0, `nothing but checks, not ${victim.others} other datagrams`);
  expect(checks <= 2 * kCandidates * kChecksPerCandidate, 'a bounded number of checks for each candidate');
  expect(victim.busiest_second() <= kChecksPerSecond, 'the checks to be paced');

  await attacker.until_heard(second, 'bye', { what: 'the session to be given up', timeout_ms: 25_000 });
  expect(victim.connections === 0, `no connection to a third party, not ${victim.connections}`);

  // What was on its way may arrive; then there is silence.
  await until(() => performance.now() - victim.arrivals.at(-1).at > 500, { what: 'silence at the third party' });
  const settled = victim.arrivals.length;
  await measuring_window(1500);
  expect(victim.arrivals.length === settled && victim.others === 0, 'silence after the end of the session');
  await attacker.close();
  victim.close();
  await perchd.stop();
});
