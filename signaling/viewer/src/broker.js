// The connection to the MQTT broker over WebSocket: kept up for ever, MQTT 5 first and 3.1.1 where the broker knows no better.

import mqtt from "mqtt";
import { Backoff } from "./backoff.js";
import { farewell } from "./farewell.js";
import { base64url, random_bytes } from "./ids.js";

const kKeepalive_s = 15;
const kConnectLimit_ms = 8_000;
const kExpiry_s = 15; // PROTOCOL.md: everything but `state` is worthless after 15 s

// CONNACK codes: MQTT 3.1.1 §3.2.2.3 and MQTT 5 §3.2.2.2.
const kWrongVersion = [1, 0x84];
const kRefused = [4, 5, 0x86, 0x87, 0x8a];

/**
 * Calls `on_up()`, `on_down()` and `on_message(topic, payload: Uint8Array)`. Every connection starts clean: the
 * subscriptions are made anew and nothing unsent is repeated, because the listener decides afresh what to say.
 *
 * There is no last will. It would tell the camera at once of a browser that died, which consent freshness (RFC 7675)
 * tells in 8–10 s; but mosquitto also speaks it when it is itself stopped, delayed or not, and every stream of
 * every viewer would end with the broker's restart. The picture must not depend on the broker.
 */
export class Broker {
  /** Why there is no connection, a code for words.js; "" while connected or not yet known. */
  trouble = "";

  #client_id = `perch-${base64url(random_bytes(9))}`;
  #login;
  #filters;
  #listener;
  #client = null;
  #socket = null;
  #up = false;
  #closed = false;
  #timer = null;
  #version = 5;
  #backoff = new Backoff({ first_ms: 250, cap_ms: 5_000 });

  /** `login` = {url, username, password}; `filters` = topics to subscribe to. */
  constructor(login, filters, listener) {
    this.#login = login;
    this.#filters = filters;
    this.#listener = listener;
  }

  get is_up() {
    return this.#up;
  }

  open() {
    this.#closed = false;
    if (!this.#client) this.#connect();
  }

  /** False when there is no connection; the message is then dropped. */
  publish({ topic, payload }) {
    if (!this.#up) return false;
    this.#client.publish(topic, payload, { qos: 1, ...this.#expiry() });
    return true;
  }

  /** The person came back: try at once instead of waiting out a pause. */
  nudge() {
    if (this.#closed || this.#client) return;
    this.#backoff.reset();
    this.#connect();
  }

  /** The network changed or the page slept: the connection may be dead without anybody having noticed. */
  renew() {
    if (this.#client) this.#drop(this.#client);
    this.nudge();
  }

  /** Ends the connection, with `last` = {topic, payload} as its last message; works while the page is being closed. */
  close(last = null) {
    if (this.#up && last) this.#socket.send(farewell(last, this.#version));
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#client?.end(this.#up && last !== null);
    this.#client = null;
    this.#up = false;
  }

  #expiry() {
    return this.#version === 5 ? { properties: { messageExpiryInterval: kExpiry_s } } : {};
  }

  #options() {
    const { username, password } = this.#login;
    return {
      clientId: this.#client_id,
      protocolVersion: this.#version,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: kConnectLimit_ms,
      keepalive: kKeepalive_s,
      ...(username && { username, password }),
    };
  }

  #connect() {
    clearTimeout(this.#timer);
    let opened = false;
    const createWebsocket = (url, protocols) => {
      this.#socket = new WebSocket(url, protocols);
      this.#socket.addEventListener("open", () => (opened = true), { once: true });
      return this.#socket;
    };
    const client = mqtt.connect(this.#login.url, { ...this.#options(), createWebsocket });
    this.#client = client;
    client.on("connect", () => this.#on_connect(client));
    client.on("message", (topic, payload) => this.#listener.on_message(topic, payload));
    client.on("error", (error) => this.#on_error(error));
    client.once("close", () => this.#on_close(client, opened));
  }

  #on_connect(client) {
    if (client !== this.#client) return;
    this.#up = true;
    this.trouble = "";
    this.#backoff.reset();
    client.subscribe(this.#filters, { qos: 1 }, (error) => {
      if (error && client === this.#client) this.trouble = "broker_refused";
    });
    this.#listener.on_up();
  }

  #on_error(error) {
    if (kWrongVersion.includes(error.code)) this.#version = 4;
    if (kRefused.includes(error.code)) this.trouble = "broker_refused";
  }

  #drop(client) {
    client.end(true);
    this.#client = null;
    this.#up = false;
    if (!this.#closed) this.#listener.on_down();
  }

  #on_close(client, opened) {
    if (client !== this.#client || this.#closed) return;
    const was_up = this.#up;
    // Some brokers close without a word on a version they do not know: talk in the other one next time.
    if (opened && !was_up && this.trouble === "") this.#version = this.#version === 5 ? 4 : 5;
    if (!was_up && !opened) this.trouble = "broker_unreachable";
    this.#timer = setTimeout(() => this.#connect(), this.#backoff.next_ms());
    this.#drop(client);
  }
}
