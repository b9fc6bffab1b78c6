// Names on the wire: cameras and viewers, and the session ids a viewer draws.

const kId = /^[A-Za-z0-9_-]{1,64}$/;
const kSession = /^[A-Za-z0-9_-]{22}$/;

/** Whether `text` may name a camera or a viewer. */
export const is_id = (text) => typeof text === "string" && kId.test(text);

/** Whether `text` is a session id: 128 bits in base64url. */
export const is_session = (text) => typeof text === "string" && kSession.test(text);

/** RFC 4648 §5, without padding. */
export function base64url(bytes) {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")); // messages are too long to spread
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** `random(n)` gives n random bytes; the browser's generator unless a test brings its own. */
export const random_bytes = (n) => crypto.getRandomValues(new Uint8Array(n));

export const new_session_id = (random = random_bytes) => base64url(random(16));
export const new_viewer_id = (random = random_bytes) => `viewer-${base64url(random(6))}`;
