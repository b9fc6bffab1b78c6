// Sealed messages, PROTOCOL.md "Access": only who has the invitation's key can read them or write them. In JavaScript
// libraries rather than WebCrypto, which pages that came over plain http do not have.

import { chacha20poly1305 } from "@noble/ciphers/chacha";
import { hkdf } from "@noble/hashes/hkdf";
import { sha256 } from "@noble/hashes/sha2";
import { base64url, random_bytes } from "./ids.js";
import { parse_object } from "./messages.js";

const kKeySize = 32;
const kNonceSize = 12;
const text_bytes = (text) => new TextEncoder().encode(text);

/** The bytes of base64url without padding, or null. */
export function base64url_bytes(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

/** Whether `text` is an invitation's key. */
export const is_key = (text) => base64url_bytes(text)?.length === kKeySize && text.length === 43;

/**
 * A codec as codec.js describes it. `epochs()` gives the camera's epochs as far as known, the present one first: a
 * message may have been sealed just before a change. `random(n)` is for tests.
 */
export function sealed_codec(key_text, epochs, random = random_bytes) {
  const viewer_key = base64url_bytes(key_text);

  // One key for each session and way.
  const key_for = (path) => {
    const [, way, , session] = path.split("/");
    return hkdf(sha256, viewer_key, text_bytes(session), text_bytes(`perch v1 ${way}`), kKeySize);
  };
  const cipher = (path, epoch, nonce) => chacha20poly1305(key_for(path), nonce, text_bytes(`${path}|${epoch}`));

  return {
    seal(path, epoch, body) {
      const nonce = random(kNonceSize);
      const sealed = cipher(path, epoch, nonce).encrypt(text_bytes(JSON.stringify(body)));
      return JSON.stringify({ v: 1, n: base64url(nonce), c: base64url(sealed) });
    },
    open(path, epoch, payload) {
      const envelope = parse_object(payload);
      const nonce = base64url_bytes(envelope?.n);
      const sealed = base64url_bytes(envelope?.c);
      if (nonce?.length !== kNonceSize || !sealed) return null;
      for (const one of [epoch, ...epochs().filter((other) => other !== epoch)]) {
        try {
          return parse_object(cipher(path, one, nonce).decrypt(sealed));
        } catch {
          // not under this epoch, or not from the camera at all
        }
      }
      return null;
    },
  };
}
