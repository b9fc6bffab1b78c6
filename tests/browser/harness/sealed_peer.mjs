// An invited viewer on the broker without a browser, and the broker's hand over what passes: sealed messages as they went.
import { sealed_codec } from '../../../signaling/viewer/src/sealed_codec.js';
import { MqttPeer } from './mqtt_peer.mjs';

/** What perchctl's link says: {broker, camera, viewer, key, …}. */
export const link_parts = (link) => Object.fromEntries(new URLSearchParams(link.split('#')[1]));

export class SealedPeer {
  /** A party that is `viewer` with this `key`, invited or not. */
  static async connect(world, { viewer, key }) {
    const peer = new SealedPeer();
    peer.mqtt = await world.connect_peer({ viewer });
    await peer.mqtt.until_state((state) => state.online);
    peer.codec = sealed_codec(key, () => [peer.mqtt.state.epoch]);
    peer.sequence = new Map();
    return peer;
  }

  /** As SealedPeer.connect(), of perchctl's link. */
  static invited(world, link) {
    return SealedPeer.connect(world, link_parts(link));
  }

  #path(way, session, kind) {
    return `${this.mqtt.camera}/${way}/${this.mqtt.viewer}/${session}/${kind}`;
  }

  /** A sealed message with the next number of its session, unsent: {session, kind, payload}. */
  make(session, kind, fields = {}, epoch = this.mqtt.state.epoch) {
    const seq = this.sequence.get(session) ?? 0;
    this.sequence.set(session, seq + 1);
    return { session, kind, payload: this.codec.seal(this.#path('in', session, kind), epoch, { v: 1, seq, epoch, ...fields }) };
  }

  send({ session, kind, payload }) {
    return this.mqtt.send_raw(session, kind, payload);
  }

  /** What the camera said to this session, opened; null for each that does not open. */
  heard(session, kind) {
    return this.mqtt.heard(session, kind).map((body) => this.codec.open(this.#path('to', session, kind), this.mqtt.state.epoch, JSON.stringify(body)));
  }

  async until_heard(session, kind, options) {
    await this.mqtt.until_heard(session, kind, options);
    return this.heard(session, kind).at(-1);
  }
}
