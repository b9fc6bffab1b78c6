// Ten thousand messages a second at a camera: a bare MQTT client that does nothing else, cheap enough not to be measured.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { measuring_window, until } from '../browser/harness/wait.mjs';
import { offer_sdp } from './attack_offer.mjs';

const kLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const kTick_ms = 10;

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

/** Well-formed sealed messages, as long as a browser's offer, that nobody's key opens. */
export function forged({ prefix = 'perch/v1', camera = 'front-door', viewer } = {}) {
  const body = () => Buffer.from(JSON.stringify({ v: 1, n: randomBytes(12).toString('base64url'), c: randomBytes(3000).toString('base64url') }));
  return Array.from({ length: 8 }, () => new Shot(prefix, camera, 'offer', body(), viewer));
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

export class Flood {
  sent = 0;
  sent_bytes = 0;

  static async connect(broker) {
    const flood = new Flood();
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
