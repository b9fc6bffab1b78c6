// One session's envelope: its id, its topics, the numbers of the messages sent, and which incoming ones were seen already.

import { message_path } from "./topics.js";
import { write_body } from "./messages.js";

export class Session {
  #next_seq = 0;
  #seen = new Set();

  constructor({ id, camera, viewer, prefix, codec }) {
    Object.assign(this, { id, camera, viewer, prefix, codec });
  }

  /** Topic and payload of the next message to the camera. */
  write(kind, epoch, fields) {
    const path = message_path(this.camera, "in", this.viewer, this.id, kind);
    const payload = this.codec.seal(path, epoch, write_body(this.#next_seq++, epoch, fields));
    return { topic: `${this.prefix}/${path}`, payload };
  }

  /** False for a repetition: QoS 1 delivers at least once (MQTT 5 §4.3.2). Unnumbered messages always pass. */
  accept(seq) {
    if (seq < 0) return true;
    if (this.#seen.has(seq)) return false;
    this.#seen.add(seq);
    return true;
  }
}
