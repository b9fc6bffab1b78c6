// The seam between message bodies and bytes. Access `open` writes plain JSON; sealed access brings a codec of the same shape.

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

/** The codec for a camera's access mode, or null when this page cannot speak it. */
export function codec_for(access) {
  return access === "sealed" ? null : open_codec;
}
