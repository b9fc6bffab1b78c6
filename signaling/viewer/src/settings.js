// What to watch and through which broker, read from a link's fragment or from an element's attributes.

import { is_id } from "./ids.js";
import { is_prefix, kDefaultPrefix } from "./topics.js";
import { parse_ice_servers } from "./ice_servers.js";
import { is_key } from "./sealed_codec.js";

const is_yes = (text) => text === "" || text === "1" || text === "true";

/** `ws://user:password@host/path` split into what a WebSocket accepts and what MQTT's CONNECT carries; null when unusable. */
export function parse_broker(text, page_url) {
  try {
    const url = new URL(text || default_broker(page_url));
    if (url.protocol !== "ws:" && url.protocol !== "wss:") return null;
    const username = decodeURIComponent(url.username);
    const password = decodeURIComponent(url.password);
    url.username = url.password = url.hash = "";
    return { url: url.href, username: username || undefined, password: password || undefined };
  } catch {
    return null;
  }
}

// The page usually comes from the broker's own HTTP port, which also speaks WebSocket.
function default_broker(page_url) {
  const page = new URL(page_url);
  return page.host ? `${page.protocol === "https:" ? "wss" : "ws"}://${page.host}/` : "";
}

/** The fragment's `name=value` pairs. `+` stays a plus sign: a link's fragment is no form. */
export function parse_fragment(fragment) {
  const text = fragment.replace(/^#/, "").replaceAll("+", "%2B");
  return Object.fromEntries(new URLSearchParams(text));
}

/**
 * `{broker, prefix, camera, viewer, ice_servers, solicit, key}`, or `{error}` with a code that words.js explains.
 * `raw` holds the texts; `viewer` and `camera` may be missing.
 */
export function read_settings(raw, page_url) {
  const broker = parse_broker(raw.broker, page_url);
  const prefix = raw.prefix || kDefaultPrefix;
  if (!broker) return { error: "bad_broker" };
  if (!is_prefix(prefix)) return { error: "bad_link" };
  if (raw.camera && !is_id(raw.camera)) return { error: "bad_link" };
  if (raw.viewer && !is_id(raw.viewer)) return { error: "bad_link" };
  if (raw.key !== undefined && !(is_key(raw.key) && raw.camera && raw.viewer)) return { error: "bad_key" };
  return {
    broker,
    prefix,
    camera: raw.camera || "",
    viewer: raw.viewer || "",
    ice_servers: parse_ice_servers(raw.ice),
    solicit: is_yes(raw.solicit ?? "0"),
    key: raw.key || "",
  };
}

/** The pairs as a fragment again; "" when there are none. */
export function write_fragment(raw) {
  const text = Object.entries(raw).map(([name, value]) => `${name}=${encode(value)}`).join("&");
  return text && `#${text}`;
}

/** The fragment without what must not stay in the address bar, the history, or a shared screenshot. */
export function without_secrets(fragment) {
  const raw = parse_fragment(fragment);
  delete raw.key;
  const broker = raw.broker && parse_broker(raw.broker, "about:blank");
  if (broker) raw.broker = broker.url;
  const turn_password = /(turns?:)[^:@\s,]+:[^@\s,]+@/g;
  if (raw.ice) raw.ice = raw.ice.replace(turn_password, "$1");
  return write_fragment(raw);
}

// RFC 3986 §3.5 allows these in a fragment; leaving them readable keeps links short.
const encode = (value) => encodeURIComponent(value).replace(/%(3A|2F|3F|40|2C|3D)/g, decodeURIComponent);
