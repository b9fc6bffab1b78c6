// A party on the broker that can say anything, right or wrong: raw messages out, everything received kept.
import { randomBytes } from 'node:crypto';
import mqtt from 'mqtt';
import { until } from './wait.mjs';

export class MqttPeer {
  /** Connects and subscribes to the camera's state and to what it says to `viewer`. */
  static async connect(broker, { viewer = 'tester', prefix = 'perch/v1', camera = 'front-door' } = {}) {
    const peer = new MqttPeer();
    Object.assign(peer, { viewer, prefix, camera, received: [], sequence: 0 });
    peer.client = await mqtt.connectAsync(broker.mqtt_url, { protocolVersion: 5, reconnectPeriod: 200 });
    peer.client.on('message', (topic, payload) => peer.received.push({ topic, body: parsed(payload) }));
    await peer.client.subscribeAsync([`${prefix}/+/state`, `${prefix}/+/to/${viewer}/#`], { qos: 1 });
    return peer;
  }

  static new_session() {
    return randomBytes(16).toString('base64url');
  }

  /** The camera's retained state as last received. */
  get state() {
    return this.received.filter(({ topic }) => topic === `${this.prefix}/${this.camera}/state`).at(-1)?.body;
  }

  until_state(check, { what = 'the camera state', timeout_ms = 15_000 } = {}) {
    return until(() => (this.state && check(this.state) ? this.state : null), { what, timeout_ms, detail: () => JSON.stringify(this.state) });
  }

  /** Publishes `payload` as it is (string or Buffer) to the camera. */
  async send_raw(session, kind, payload) {
    await this.client.publishAsync(`${this.prefix}/${this.camera}/in/${this.viewer}/${session}/${kind}`, payload, { qos: 1 });
  }

  /** Publishes a well-formed body: `v`, `seq` and `epoch` are filled in. */
  async send(session, kind, body = {}) {
    const envelope = { v: 1, seq: this.sequence++, epoch: this.state?.epoch, ...body };
    await this.send_raw(session, kind, JSON.stringify(envelope));
  }

  /** The bodies of `kind` the camera sent into this session so far. */
  heard(session, kind) {
    const topic = `${this.prefix}/${this.camera}/to/${this.viewer}/${session}/${kind}`;
    return this.received.filter((message) => message.topic === topic).map(({ body }) => body);
  }

  until_heard(session, kind, { what = `a ${kind} from the camera`, timeout_ms = 10_000, count = 1 } = {}) {
    return until(() => this.heard(session, kind)[count - 1], {
      what,
      timeout_ms,
      detail: () => this.received.slice(-5).map((message) => JSON.stringify(message).slice(0, 300)).join('\n'),
    });
  }

  async close() {
    await this.client.endAsync(true);
  }
}

function parsed(payload) {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return payload.toString('utf8');
  }
}
