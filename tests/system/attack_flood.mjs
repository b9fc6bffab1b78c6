// Ten thousand messages a second at a camera: a bare MQTT client that does nothing else, cheap enough not to be measured.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { waiting_ns } from '../browser/harness/proc.mjs';
import { measuring_window, until } from '../browser/harness/wait.mjs';
import { offer_sdp } from './attack_offer.mjs';
import { bytes_read, measured } from './attack_watch.mjs';

const kLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const kTick_ms = 10;
const kDrained = { every_ms: 300, bytes: 10_000 }; // a camera that reads no more than this in this time has read all
/** Lines of configuration for a broker that lets its reader fall half a second behind: mosquitto's own 1,000 messages of QoS 0 are
 *  lost to one pause of a busy machine. */
export const kPatientBroker = ['max_queued_messages 5000'];

/** MQTT 3.1.1 §2.2.3. */
function remaining_length(size) {
  const bytes = [];
  for (let rest = size; ; rest >>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 127) | 128);
  }
}

const text = (words) => Buffer.concat([Buffer.from([Buffer.byteLength(words) >> 8, Buffer.byteLength(words) & 255]), Buffer.from(words)]);
const packet = (type, body) => Buffer.concat([Buffer.from([type]), remaining_length(body.length), body]);
const kQos0 = 0x30;

function write_letters(buffer, at, count) {
  for (const [i, byte] of randomBytes(count).entries()) buffer[at + i] = kLetters.charCodeAt(byte & 63);
}

/** A PUBLISH whose viewer and session are drawn anew for each copy. */
class Shot {
  static kViewer = 8;
  static kSession = 22;

  constructor(prefix, camera, kind, payload, viewer) {
    const topic = `${prefix}/${camera}/in/${viewer ?? 'x'.repeat(Shot.kViewer)}/${'A'.repeat(Shot.kSession)}/${kind}`;
    this.template = packet(kQos0, Buffer.concat([text(topic), payload]));
    this.session_at = this.template.indexOf('A'.repeat(Shot.kSession));
    this.viewer_at = viewer ? -1 : this.session_at - 1 - Shot.kViewer;
  }

  copy() {
    const bytes = Buffer.from(this.template);
    if (this.viewer_at >= 0) write_letters(bytes, this.viewer_at, Shot.kViewer);
    write_letters(bytes, this.session_at, Shot.kSession - 1); // the last letter stays: two spare bits are zero
    return bytes;
  }
}

/** Everything but JSON, and JSON that is nothing; from strangers, or in the name of `viewer`. */
export function garbage({ prefix = 'perch/v1', camera = 'front-door', viewer } = {}) {
  const sealed = { v: 1, n: randomBytes(12).toString('base64url'), c: randomBytes(300).toString('base64url') };
  const payloads = [randomBytes(400), Buffer.from('{"v":1,"seq":0'), Buffer.from(JSON.stringify(sealed)), Buffer.from('['.repeat(500)), Buffer.alloc(0)];
  return payloads.flatMap((payload) => ['offer', 'candidates', 'dance'].map((kind) => new Shot(prefix, camera, kind, payload, viewer)));
}

/** Ciphertext of the longest sealed message that is looked at: PROTOCOL.md "Limits". */
export const kLongest = 21_400;

/** Well-formed sealed messages, as long as a browser's offer or of `size` bytes of ciphertext, that nobody's key opens. */
export function forged({ prefix = 'perch/v1', camera = 'front-door', viewer, size = 3000 } = {}) {
  const body = () => Buffer.from(JSON.stringify({ v: 1, n: randomBytes(12).toString('base64url'), c: randomBytes(size).toString('base64url') }));
  return Array.from({ length: 8 }, () => new Shot(prefix, camera, 'offer', body(), viewer));
}

/** Envelopes full of what makes JSON dear, escapes and short strings, as long as such may be: PROTOCOL.md "Limits". */
export function crowded({ prefix = 'perch/v1', camera = 'front-door', viewer } = {}) {
  const contents = ['\\'.repeat(480), Array.from({ length: 320 }, () => '')];
  return contents.map((c) => new Shot(prefix, camera, 'offer', Buffer.from(JSON.stringify({ v: 1, n: '', c })), viewer));
}

/** Offers that are as good as anybody's, each of another viewer. */
export function offers({ prefix = 'perch/v1', camera = 'front-door' } = {}) {
  const body = () => Buffer.from(JSON.stringify({ v: 1, seq: 0, epoch: '', sdp: offer_sdp(), want: { video: true } }));
  return Array.from({ length: 8 }, () => new Shot(prefix, camera, 'offer', body()));
}

/** Offers that read well and are refused: no codec in common. */
export function refused_offers({ prefix = 'perch/v1', camera = 'front-door' } = {}) {
  const body = () => Buffer.from(JSON.stringify({ v: 1, seq: 0, epoch: '', sdp: offer_sdp().replaceAll('H264', 'X264'), want: { video: true } }));
  return Array.from({ length: 8 }, () => new Shot(prefix, camera, 'offer', body()));
}

/** The same message again and again, as it once went over the broker. */
export function replays({ topic, payload }) {
  const bytes = packet(kQos0, Buffer.concat([text(topic), Buffer.from(payload)]));
  return [{ copy: () => bytes }];
}

export class Flood {
  sent = 0;
  sent_bytes = 0;

  static async connect(broker) {
    const flood = new Flood();
    flood.broker = broker;
    flood.socket = connect(broker.mqtt_port, broker.mqtt_listen);
    flood.socket.setNoDelay(true);
    let accepted = false;
    flood.socket.on('data', (bytes) => (accepted ||= bytes[0] === 0x20 && bytes[3] === 0));
    flood.socket.on('error', (error) => (flood.error = error));
    const clean_start = 2;
    flood.socket.write(packet(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, clean_start, 0, 0]), text(`flood-${randomBytes(4).toString('hex')}`)])));
    await until(() => accepted, { what: 'the broker to take the flood', detail: () => String(flood.error ?? '') });
    return flood;
  }

  /** `per_second` for `seconds`, as far as the broker takes them. Gives what was sent and how long it took. */
  async run({ shots, per_second = 10_000, seconds }) {
    const from = performance.now();
    let sent = 0;
    let bytes = 0;
    while (performance.now() - from < seconds * 1000) {
      const due = Math.floor(((performance.now() - from) / 1000) * per_second) - sent;
      const batch = Buffer.concat(Array.from({ length: Math.min(due, per_second / 10) }, (_, i) => shots[(sent + i) % shots.length].copy()));
      sent += Math.min(due, per_second / 10);
      bytes += batch.length;
      if (!this.socket.write(batch)) await until(() => !this.socket.writableNeedDrain, { what: 'the broker to read on', timeout_ms: 20_000 });
      await measuring_window(kTick_ms);
    }
    return { sent, bytes, seconds: (performance.now() - from) / 1000 };
  }

  close() {
    this.socket.destroy();
  }
}

async function until_drained(pid) {
  let before = -Infinity;
  const is_idle = () => {
    const read = bytes_read(pid);
    const idle = read - before < kDrained.bytes;
    before = read;
    return idle;
  };
  await until(is_idle, { what: 'the camera to have read all', every_ms: kDrained.every_ms });
}

/**
 * A flood of `shots` while `viewer` watches, until the camera has read what the broker kept for it. Gives what measured() does; how
 * many messages a second went out (`sent_per_s`) and were read by the camera meanwhile (`delivered_per_s`), by their bytes; the shares
 * of that time in which they who send, whichever had to longer, and the camera waited for a processor (`waiting`: {to_send, to_read});
 * how many messages it read in all (`delivered`), and what each of these cost it [µs], compared with `quiet`. Wants kPatientBroker.
 */
export async function wave({ perchd, viewer, flood, quiet, shots, seconds }) {
  const read_before = bytes_read(perchd.pid);
  const those = [process.pid, flood.broker.process.pid, perchd.pid];
  const waited_before = those.map(waiting_ns);
  const read_of = ({ sent, bytes }) => sent * Math.min(1, (bytes_read(perchd.pid) - read_before) / bytes);
  const seen = await measured(perchd, viewer, async () => {
    const run = await flood.run({ shots, seconds });
    const meanwhile = read_of(run);
    const waited = those.map((pid, i) => (waiting_ns(pid) - waited_before[i]) / 1e9 / run.seconds);
    await until_drained(perchd.pid);
    return { ...run, meanwhile, waiting: { to_send: Math.max(waited[0], waited[1]), to_read: waited[2] } };
  });
  const { sent, seconds: took_s, meanwhile, waiting } = seen.result;
  const delivered = read_of(seen.result);
  const quiet_s = (quiet.cpu_percent / 100) * seen.elapsed_s;
  const rates = { sent_per_s: sent / took_s, delivered_per_s: meanwhile / took_s, waiting };
  return { ...seen, ...rates, delivered, us_each: ((seen.cpu_s - quiet_s) * 1e6) / delivered };
}
