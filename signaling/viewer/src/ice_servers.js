// STUN and TURN servers as people write them in links and attributes, turned into what RTCPeerConnection takes.

const kUrl = /^(stuns?|turns?):(?:([^:@\s]+):([^@\s]+)@)?([^@\s]+)$/;

/** `stun:host:port` or `turn:user:password@host:port?transport=udp` to an RTCIceServer; null when it is neither. */
export function parse_ice_server(text) {
  const match = kUrl.exec(text.trim());
  if (!match) return null;
  const [, scheme, user, password, rest] = match;
  const urls = `${scheme}:${rest}`;
  if (scheme.startsWith("stun")) return { urls };
  return user ? { urls, username: decode(user), credential: decode(password) } : null;
}

/** A list separated by commas or blanks; what does not parse is left out. */
export const parse_ice_servers = (text) =>
  (text ?? "").split(/[,\s]+/).filter(Boolean).map(parse_ice_server).filter(Boolean);

// RFC 3986 §2.1: a user name with `:` or `@` is percent-encoded; a stray `%` is taken as it stands.
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
