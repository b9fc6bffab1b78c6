// The cameras seen on a broker, kept in the order in which a person looks for them.

import { every_state, parse_topic } from "./topics.js";
import { parse_state } from "./messages.js";

export class CameraList {
  #prefix;
  #cameras = new Map();

  constructor(prefix) {
    this.#prefix = prefix;
  }

  get filters() {
    return [every_state(this.#prefix)];
  }

  /** Takes a retained or live `state` message; true when the list changed. */
  on_message(topic, payload) {
    const address = parse_topic(this.#prefix, topic);
    if (address?.kind !== "state") return false;
    const { camera } = address;
    if (payload.length === 0) return this.#cameras.delete(camera);
    const state = parse_state(camera, payload);
    if (!state) return false;
    const known = this.#cameras.get(camera);
    // A last will carries the id alone; the name seen before is the better one.
    if (!state.online && known) state.name = known.name;
    this.#cameras.set(camera, state);
    return true;
  }

  /** The cameras, those online first, then by name. */
  entries() {
    const by_name = (a, b) => b.online - a.online || a.name.localeCompare(b.name) || (a.camera < b.camera ? -1 : 1);
    return [...this.#cameras.values()].sort(by_name);
  }

  /** The id of the one and only camera, or "". */
  only() {
    return this.#cameras.size === 1 ? [...this.#cameras.keys()][0] : "";
  }
}

/** "Online · 2 watching", "Offline", … for one entry. */
export function entry_words({ online, health, viewers }) {
  if (!online) return "Offline";
  if (health === "lost") return "Camera unplugged";
  if (health === "privacy") return "Privacy mode";
  return viewers ? `Online · ${viewers} watching` : "Online";
}
