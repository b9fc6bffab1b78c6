// Bodies of the signaling messages: what the page accepts from a camera, field by field, with PROTOCOL.md's limits.

const kVersion = 1;
const kMaxPayload = 64 * 1024;
const kMaxSdp = 16 * 1024;
const kMaxDepth = 8;
export const kMaxCandidates = 32;

const is_text = (value) => typeof value === "string";
const is_object = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const text_or = (value, otherwise) => (is_text(value) ? value : otherwise);
const texts = (value) => (Array.isArray(value) ? value.filter(is_text) : []);
const count_or = (value, otherwise) => (Number.isInteger(value) && value >= 0 ? value : otherwise);

function depth_of(value, limit) {
  if (typeof value !== "object" || value === null) return 0;
  if (limit === 0) return Infinity;
  return 1 + Math.max(0, ...Object.values(value).map((inner) => depth_of(inner, limit - 1)));
}

/** Parses bytes or text into a version 1 object; null for anything else. */
export function parse_object(payload) {
  if (payload.length > kMaxPayload) return null;
  try {
    const value = JSON.parse(is_text(payload) ? payload : new TextDecoder().decode(payload));
    return is_object(value) && value.v === kVersion && depth_of(value, kMaxDepth) <= kMaxDepth ? value : null;
  } catch {
    return null;
  }
}

/** RTCIceServer dictionaries out of a message; entries the browser would throw at are left out. */
export function ice_servers_of(list) {
  if (!Array.isArray(list)) return [];
  const is_url = (url) => is_text(url) && /^(stun|stuns|turn|turns):[^\s]+$/.test(url);
  return list.filter(is_object).flatMap(({ urls, username, credential }) => {
    const usable = (Array.isArray(urls) ? urls : [urls]).filter(is_url);
    if (!usable.length) return [];
    const needs_login = usable.some((url) => url.startsWith("turn"));
    if (!needs_login) return [{ urls: usable }];
    return is_text(username) && is_text(credential) ? [{ urls: usable, username, credential }] : [];
  });
}

/** What a camera says of itself. An empty retained message means that it was taken away: null. */
export function parse_state(camera, payload) {
  const body = parse_object(payload);
  if (!body || typeof body.online !== "boolean") return null;
  return {
    camera,
    online: body.online,
    name: text_or(body.name, camera),
    epoch: text_or(body.epoch, ""),
    access: text_or(body.access, "open"),
    health: text_or(body.camera, "ok"),
    viewers: count_or(body.viewers, 0),
    max_viewers: count_or(body.max_viewers, Infinity),
    audio: texts(body.audio),
    talk: body.talk === true,
    talking: body.talking === true,
    deaf: body.microphone === "lost",
    invited: body.invited !== false,
    ice_servers: ice_servers_of(body.ice_servers),
  };
}

const is_sdp = (sdp) => is_text(sdp) && sdp.length <= kMaxSdp;

/** What the viewer may do; null when the camera does not say. */
function rights_of(list) {
  if (!Array.isArray(list)) return null;
  const has = (word) => list.includes(word);
  return { watch: has("watch"), listen: has("listen"), talk: has("talk"), control: has("control") };
}

const kControlKinds = ["integer", "boolean", "menu", "button"];
const kMaxControls = 128;

function control_of(one) {
  if (!is_object(one) || !is_text(one.name) || !kControlKinds.includes(one.kind)) return [];
  const { name, kind, min, max, step, value } = one;
  const numbers = [min, max, step, value, one.default];
  if (!numbers.every(Number.isSafeInteger) || step < 1 || min > max) return [];
  const items = Array.isArray(one.items) ? one.items.filter((item) => is_object(item) && Number.isSafeInteger(item.value)) : [];
  return [{
    name, kind, min, max, step, value, usual: one.default, label: text_or(one.label, name) || name,
    items: items.map((item) => ({ value: item.value, label: text_or(item.label, String(item.value)) })),
    fixed: one.read_only === true || one.inactive === true,
  }];
}

const kPictures = ["full", "low", "thinned"];

const readers = {
  offer: (body) => (is_sdp(body.sdp) ? { sdp: body.sdp, rights: rights_of(body.rights) } : null),
  answer: (body) =>
    is_sdp(body.sdp)
      ? { sdp: body.sdp, ice_servers: ice_servers_of(body.ice_servers), rights: rights_of(body.rights) }
      : null,
  control: (body) => ({
    controls: Array.isArray(body.controls) ? body.controls.slice(0, kMaxControls).flatMap(control_of) : [],
    error: text_or(body.error, ""),
  }),
  notice: (body) => ({ picture: kPictures.includes(body.picture) ? body.picture : "full" }),
  candidates: (body) => ({
    candidates: Array.isArray(body.candidates)
      ? body.candidates.filter((one) => is_object(one) && is_text(one.candidate)).slice(0, kMaxCandidates)
      : [],
    done: body.done === true,
  }),
  bye: (body) => ({ reason: text_or(body.reason, "UnknownReason") }),
  error: (body) => ({ code: text_or(body.code, "unknown"), message: text_or(body.message, "") }),
};

/** The fields of `kind` that the page uses, plus `seq` (-1 when absent); null when they make no sense. */
export function parse_body(kind, body) {
  const fields = Object.hasOwn(readers, kind) ? readers[kind](body) : null;
  return fields && { ...fields, seq: count_or(body.seq, -1) };
}

/** A body as sent: version, sequence number and epoch around the fields of the kind. */
export const write_body = (seq, epoch, fields) => ({ v: kVersion, seq, epoch, ...fields });
