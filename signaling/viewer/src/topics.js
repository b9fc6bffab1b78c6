// The topic tree of PROTOCOL.md: who speaks, to whom, in which session, of what.

import { is_id, is_session } from "./ids.js";

export const kDefaultPrefix = "perch/v1";

/** MQTT forbids wildcards in a topic name (MQTT 5 §4.7.1); empty levels are legal but never meant. */
export const is_prefix = (text) =>
  typeof text === "string" && /^[^+#\u0000/]+(\/[^+#\u0000/]+)*$/.test(text) && text.length <= 200;

export const state_topic = (prefix, camera) => `${prefix}/${camera}/state`;
export const every_state = (prefix) => `${prefix}/+/state`;
export const inbox_filter = (prefix, viewer) => `${prefix}/+/to/${viewer}/#`;

/** The part of a topic below the prefix; the sealed envelope authenticates exactly this text. */
export const message_path = (camera, way, viewer, session, kind) =>
  `${camera}/${way}/${viewer}/${session}/${kind}`;

/** `{camera, path, kind: "state"}`, `{camera, way, viewer, session, kind, path}`, or null when it is not ours. */
export function parse_topic(prefix, topic) {
  if (!topic.startsWith(`${prefix}/`)) return null;
  const path = topic.slice(prefix.length + 1);
  const [camera, way, viewer, session, kind, ...rest] = path.split("/");
  if (!is_id(camera)) return null;
  if (way === "state" && viewer === undefined) return { camera, path, kind: "state" };
  const known_way = way === "in" || way === "to";
  if (!known_way || !is_id(viewer) || !is_session(session) || !kind || rest.length) return null;
  return { camera, way, viewer, session, kind, path };
}
