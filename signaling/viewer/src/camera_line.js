// What is said between this page and one camera: the broker's connection, the camera's state and epochs, sealing, and whose
// message of which session it is. Leaves to the player what to say, and what to make of it.

import { Broker } from "./broker.js";
import { open_codec } from "./codec.js";
import { new_session_id } from "./ids.js";
import { parse_body, parse_state } from "./messages.js";
import { sealed_codec } from "./sealed_codec.js";
import { Session } from "./session.js";
import { inbox_filter, parse_topic, state_topic } from "./topics.js";

// Sealed messages that came before the epoch they were sealed under: a bridge may let one overtake the other.
const kMaxUnopened = 8;

export class CameraLine {
  /** The camera's state as last heard; its last words tell little, so they keep the name. null before the first. */
  state = null;

  #settings;
  #listener;
  #codec;
  #broker;
  #epochs = []; // the camera's, the present one first, and the one before
  #unopened = [];
  #session = null;
  #fresh = false; // no state was heard yet through the present connection

  /**
   * `on_broker(up)` tells of the connection, `on_state(state)` of what the camera published, null when it was removed;
   * `on_said(kind, fields)` of what it says in the present session, each message once; `on_back()` of a camera that is
   * heard for the first time since the broker was away.
   */
  constructor(settings, { on_broker, on_state, on_said, on_back }) {
    this.#settings = settings;
    this.#listener = { on_state, on_said, on_back };
    this.#codec = settings.key ? sealed_codec(settings.key, () => this.#epochs) : open_codec;
    const { prefix, viewer, camera } = settings;
    this.#broker = new Broker(settings.broker, [inbox_filter(prefix, viewer), state_topic(prefix, camera)], {
      on_up: () => {
        this.#fresh = true;
        on_broker(true);
      },
      on_down: () => on_broker(false),
      on_message: (topic, payload) => this.#on_message(topic, payload),
    });
  }

  open() {
    this.#broker.open();
  }

  /** Ends the connection, after a `bye` with this reason where a session is under way. */
  close(reason) {
    const goodbye = reason && this.#session ? this.#session.write("bye", this.#epoch, { reason }) : null;
    this.#broker.close(goodbye);
  }

  /** See Broker. */
  nudge() {
    this.#broker.nudge();
  }

  renew() {
    this.#broker.renew();
  }

  /** Why there is no connection, a code for words.js; "" when there is one. */
  get trouble() {
    return this.#broker.trouble;
  }

  /** The present session as something to compare with, or null. */
  get session() {
    return this.#session;
  }

  new_session() {
    const { camera, viewer, prefix } = this.#settings;
    this.#session = new Session({ id: new_session_id(), camera, viewer, prefix, codec: this.#codec });
    return this.#session;
  }

  /** What is said in the present session from now on concerns nobody. */
  end_session() {
    this.#session = null;
    this.#unopened = [];
  }

  /** False when there is no connection. */
  send(kind, fields) {
    return this.#broker.publish(this.#session.write(kind, this.#epoch, fields));
  }

  get #epoch() {
    return this.state?.epoch ?? "";
  }

  #on_message(topic, payload) {
    const address = parse_topic(this.#settings.prefix, topic);
    if (!address || address.camera !== this.#settings.camera) return;
    if (address.kind === "state") this.#on_state(payload);
    else if (address.way === "to") this.#on_session(address, payload);
  }

  #on_state(payload) {
    const state = parse_state(this.#settings.camera, payload);
    // The last will knows the camera's id only; its name is worth keeping.
    if (state && !state.online && this.state) state.name = this.state.name;
    this.state = state ?? this.state;
    this.#learn_epoch(state?.epoch);
    this.#listener.on_state(state);
    if (!state?.online || !this.#fresh) return;
    this.#fresh = false;
    this.#listener.on_back();
  }

  #learn_epoch(epoch) {
    if (!epoch || epoch === this.#epochs[0]) return;
    this.#epochs = [epoch, ...this.#epochs].slice(0, 2);
    for (const [address, payload] of this.#unopened.splice(0)) this.#on_session(address, payload);
  }

  #on_session(address, payload) {
    const { kind, path, session } = address;
    if (session !== this.#session?.id) return;
    const body = this.#codec.open(path, this.#epoch, payload);
    if (!body && this.#settings.key && this.#unopened.length < kMaxUnopened) this.#unopened.push([address, payload]);
    const fields = body && parse_body(kind, body);
    if (fields && this.#session.accept(fields.seq)) this.#listener.on_said(kind, fields);
  }
}
