// What a fleet of cameras asks of one broker: memory for each camera, messages for each camera and for each join.
import mqtt from '../../tests/browser/harness/node_modules/mqtt/build/index.js';
import { randomBytes } from 'node:crypto';
import { bench, progress } from './bench.mjs';
import { rounded } from '../../tests/browser/harness/figures.mjs';
import { resident_kb } from '../../tests/browser/harness/proc.mjs';
import { until } from '../../tests/browser/harness/wait.mjs';

const kAbout = `One process speaks to one mosquitto as that many cameras would: a connection each, retained state, last will, its
subscriptions, and answers of real size to offers of real size (one answer, two batches of candidates), sealed as they are by
default. Viewers come as pages do: connect, subscribe to their inbox and to one camera's state, offer, trickle, say bye; a page
without a camera lists all. Memory is mosquitto's resident set; messages (and the bytes of their topics and payloads) are counted
at both ends: once into the broker, once for each copy out of it.`;

const kPrefix = 'perch/v1';
const kOffer_bytes = 4200; //     Chromium's, video only
const kAnswer_bytes = 1500;
const kCandidates_bytes = 700;

const text = (bytes) => 'x'.repeat(bytes);
const plain = (seq, fields) => JSON.stringify({ v: 1, seq, epoch: 'AAAAAAAAAAAAAAAAAAAAAA', ...fields });
/** As large as it is when sealed: PROTOCOL.md "Access". */
const body = (seq, fields) => JSON.stringify({ v: 1, n: text(16), c: text(Math.ceil(((plain(seq, fields).length + 16) * 4) / 3)) });
const online = (id) => plain(0, { online: true, id, name: `Camera ${id}`, version: '0.1.0', access: 'sealed', camera: 'ok', viewers: 0, max_viewers: 8, video: ['H264'], audio: [], talk: false, ice_servers: [{ urls: ['stun:stun.example.org'] }] });

const moved = { messages: 0, bytes: 0 };

/** A connection whose every message in either direction is counted. */
async function connect(broker, options, on_message) {
  const client = await mqtt.connectAsync(broker.mqtt_url, { protocolVersion: 5, reconnectPeriod: 0, ...options });
  const count = (topic, payload) => {
    moved.messages++;
    moved.bytes += topic.length + payload.length;
  };
  client.on('message', (topic, payload) => {
    count(topic, payload);
    on_message(topic, payload);
  });
  const say = (topic, payload, retain = false) => {
    count(topic, payload);
    return client.publishAsync(topic, payload, { qos: 1, retain });
  };
  return { client, say };
}

class Camera {
  static async connect(broker, id) {
    const camera = new Camera();
    camera.id = id;
    const will = { topic: `${kPrefix}/${id}/state`, payload: JSON.stringify({ v: 1, online: false, id }), qos: 1, retain: true };
    const options = { clientId: `perch-${id}`, keepalive: 30, will };
    Object.assign(camera, await connect(broker, options, (from) => camera.#on_message(from)));
    await camera.client.subscribeAsync([`${kPrefix}/${id}/in/#`, `${kPrefix}/${id}/state`], { qos: 1 });
    await camera.tell();
    return camera;
  }

  tell() {
    return this.say(`${kPrefix}/${this.id}/state`, online(this.id), true);
  }

  #on_message(topic) {
    const [viewer, session, kind] = topic.split('/').slice(4);
    if (kind === 'offer') {
      const say = (what, seq, fields) => this.say(`${kPrefix}/${this.id}/to/${viewer}/${session}/${what}`, body(seq, fields));
      say('answer', 0, { sdp: text(kAnswer_bytes) });
      say('candidates', 1, { candidates: [text(kCandidates_bytes)], done: false });
      say('candidates', 2, { candidates: [], done: true });
    }
    if (kind === 'offer' || kind === 'bye') this.tell(); // the number of viewers changes
  }

  close() {
    return this.client.endAsync(true);
  }
}

/** A page's visit, from its connection to its bye. */
async function visit(broker, camera, n) {
  const heard = [];
  const { client, say } = await connect(broker, { clientId: `page-${n}` }, (topic) => heard.push(topic));
  const viewer = `viewer-${n}`;
  await client.subscribeAsync([`${kPrefix}/${camera}/state`, `${kPrefix}/+/to/${viewer}/#`], { qos: 1 });
  const path = `${kPrefix}/${camera}/in/${viewer}/${randomBytes(16).toString('base64url')}`;
  const until_heard = (end, count) => until(() => heard.filter((topic) => topic.endsWith(end)).length >= count, { what: `${count} ${end}`, every_ms: 1 });
  await say(`${path}/offer`, body(0, { sdp: text(kOffer_bytes) }));
  await until_heard('/answer', 1);
  await say(`${path}/candidates`, body(1, { candidates: [text(kCandidates_bytes)], done: true }));
  await until_heard('/candidates', 2);
  await say(`${path}/bye`, body(2, { reason: 'UserHangup' }));
  await until_heard('/state', 3);
  await client.endAsync(true);
}

/** A page that lists `count` cameras: what it hears, {messages, bytes}. */
async function list(broker, count) {
  const heard = { messages: 0, bytes: 0 };
  const { client } = await connect(broker, { clientId: 'page-list' }, (topic, payload) => {
    heard.messages++;
    heard.bytes += topic.length + payload.length;
  });
  await client.subscribeAsync(`${kPrefix}/+/state`, { qos: 1 });
  await until(() => heard.messages >= count, { what: `${count} states`, every_ms: 1 });
  await client.endAsync(true);
  return heard;
}

const per = (before, after, count) => ({ messages: (after.messages - before.messages) / count, bytes: (after.bytes - before.bytes) / count });

await bench('fleet', kAbout, { cameras: 1000, joins: 200 }, async (world, { cameras, joins }) => {
  const broker = await world.start_broker({ page: false, more: ['max_connections -1'] });
  const start = { ...moved };
  const empty_kb = resident_kb(broker.process.pid);
  const fleet = [];
  while (fleet.length < cameras) fleet.push(...(await Promise.all(Array.from({ length: Math.min(50, cameras - fleet.length) }, (_, i) => Camera.connect(broker, `cam-${fleet.length + i}`)))));
  const there = { ...moved };
  const full_kb = resident_kb(broker.process.pid);
  progress(`${cameras} cameras connected`);

  await Promise.all(fleet.map((camera) => camera.tell())); // as every ten minutes, when the epoch changes
  const told = { ...moved };
  for (let n = 0; n < joins; n++) await visit(broker, `cam-${(n * 7) % cameras}`, n);
  const joined = { ...moved };
  const after_kb = resident_kb(broker.process.pid);
  const listed = await list(broker, cameras);
  for (const camera of fleet) await camera.close();

  const each = { start: per(start, there, cameras), epoch: per(there, told, cameras), join: per(told, joined, joins), list: listed };
  const kb_per_camera = (full_kb - empty_kb) / cameras;
  const row = (what, { messages, bytes }) => [what, rounded(messages, 1), rounded(bytes / 1000, 1)];
  return {
    rows: [
      ['', 'messages', 'kB'],
      row('a camera starts', each.start),
      row('a camera renews its epoch (every 10 minutes)', each.epoch),
      row('a viewer joins and leaves', each.join),
      row(`a page lists ${cameras} cameras`, each.list),
    ],
    notes: [
      `mosquitto: ${empty_kb} kB empty, ${full_kb} kB with ${cameras} cameras (${rounded(kb_per_camera, 2)} kB each), ${after_kb} kB after ${joins} joins`,
    ],
    figures: {
      fleet_cameras: cameras,
      broker_kb_per_camera: rounded(kb_per_camera, 2),
      messages_per_camera_start: rounded(each.start.messages, 1),
      messages_per_epoch: rounded(each.epoch.messages, 1),
      messages_per_join: rounded(each.join.messages, 1),
      kb_per_join: rounded(each.join.bytes / 1000, 1),
      messages_per_list: rounded(each.list.messages),
      kb_per_list: rounded(each.list.bytes / 1000),
    },
  };
});
