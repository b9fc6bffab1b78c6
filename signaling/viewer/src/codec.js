// The seam between message bodies and bytes. Access `open` writes plain JSON; sealed_codec.js brings a codec of the same shape.

import { parse_object } from "./messages.js";

/**
 * A codec has
 *   seal(path, epoch, body) -> string   payload to publish; `path` is topics.message_path()
 *   open(path, epoch, payload) -> object | null   the body, or null for what does not parse (or authenticate)
 */
export const open_codec = {
  seal: (_path, _epoch, body) => JSON.stringify(body),
  open: (_path, _epoch, payload) => parse_object(payload),
};

/**
 * What stands against talking to a camera of this `state`, a code for words.js; "" when nothing does. Who has a key never
 * talks without it: a broker that says "open" would otherwise get to read and to change everything.
 */
export function objection_to({ access, invited }, has_key) {
  if (has_key) return access === "sealed" ? "" : "not_sealed";
  if (access !== "sealed") return "";
  return invited ? "sealed" : "nobody_invited";
}
