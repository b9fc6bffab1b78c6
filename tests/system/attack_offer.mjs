// A well-formed offer of somebody who means no good: no browser needed to make it.
import { randomBytes } from 'node:crypto';

const letters = (count) => randomBytes(count).toString('hex').slice(0, count);
const fingerprint = () => [...randomBytes(32)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');

/** SDP with credentials of its own each time; `candidates` are lines as in a=candidate. */
export function offer_sdp(candidates = []) {
  return [
    'v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0',
    'm=video 9 UDP/TLS/RTP/SAVPF 108', 'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${letters(8)}`, `a=ice-pwd:${letters(24)}`, 'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${fingerprint()}`, 'a=setup:actpass', 'a=mid:0', 'a=recvonly', 'a=rtcp-mux',
    'a=rtpmap:108 H264/90000', 'a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
    ...candidates.map((line) => `a=${line}`), '',
  ].join('\r\n');
}

/** A host candidate at `address:port`. */
export const candidate = (index, address, port) => `candidate:${index + 1} 1 udp ${2113937151 - index} ${address} ${port} typ host`;
