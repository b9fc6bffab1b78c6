// Bodies from the network: what is accepted, what is refused, what is defused.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ice_servers_of, parse_body, parse_object, parse_state, write_body } from "../../../signaling/viewer/src/messages.js";

const bytes = (value) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const nested = (levels) => JSON.parse("[".repeat(levels) + "]".repeat(levels));

test("parse_object takes version 1 objects as bytes or text", () => {
  assert.deepEqual(parse_object(bytes({ v: 1, a: 2 })), { v: 1, a: 2 });
  assert.deepEqual(parse_object('{"v":1}'), { v: 1 });
});

test("parse_object refuses everything else", () => {
  for (const wrong of ["", "{", "null", "[]", "1", '"v"', { v: 2 }, { v: "1" }, { a: 1 }, "\u0000"]) {
    assert.equal(parse_object(bytes(wrong)), null, JSON.stringify(wrong));
  }
});

test("parse_object refuses every truncation of a good message", () => {
  const whole = bytes({ v: 1, seq: 0, epoch: "e", candidates: [{ candidate: "c", mid: "0" }], done: false });
  for (let n = 0; n < whole.length; n++) assert.equal(parse_object(whole.subarray(0, n)), null);
});

test("parse_object draws the line at 64 KiB and at 8 levels", () => {
  const padded = (size) => `{"v":1,"p":"${"x".repeat(size - 14)}"}`;
  assert.equal(padded(65_536).length, 65_536);
  assert.ok(parse_object(bytes(padded(65_536))));
  assert.equal(parse_object(bytes(padded(65_537))), null);
  assert.ok(parse_object(bytes({ v: 1, deep: nested(7) })));
  assert.equal(parse_object(bytes({ v: 1, deep: nested(8) })), null);
  assert.equal(parse_object(`{"v":1,"deep":${"[".repeat(5_000)}${"]".repeat(5_000)}}`), null);
});

test("parse_state reads a camera's state and fills what is missing or of the wrong type", () => {
  const sent = { v: 1, online: true, epoch: "e", id: "x", name: "Door", access: "open", camera: "lost", viewers: 2, max_viewers: 8,
    video: ["H264"], audio: ["opus"], talk: false, ice_servers: [{ urls: "stun:s:1" }], future: 1 };
  assert.deepEqual(parse_state("front-door", bytes(sent)), {
    camera: "front-door", online: true, name: "Door", epoch: "e", access: "open", health: "lost", viewers: 2, max_viewers: 8,
    audio: ["opus"], talk: false, talking: false, deaf: false, invited: true, ice_servers: [{ urls: ["stun:s:1"] }],
  });
  assert.equal(parse_state("front-door", bytes({ ...sent, talk: true, talking: true })).talking, true);
  assert.equal(parse_state("front-door", bytes({ ...sent, microphone: "lost" })).deaf, true);
  const odd = parse_state("front-door", bytes({ v: 1, online: false, name: 7, viewers: -1, audio: "opus", ice_servers: {} }));
  assert.equal(odd.name, "front-door");
  assert.equal(odd.viewers, 0);
  assert.deepEqual(odd.audio, []);
  assert.deepEqual(odd.ice_servers, []);
});

test("parse_state refuses a state that does not say whether the camera is online", () => {
  assert.equal(parse_state("a", bytes({ v: 1, online: "yes" })), null);
  assert.equal(parse_state("a", bytes("")), null);
});

test("ice_servers_of leaves out what RTCPeerConnection would throw at", () => {
  const good = { urls: ["turn:t:1"], username: "u", credential: "c" };
  const wrong = [null, 1, {}, { urls: 1 }, { urls: "http://x" }, { urls: "turn:t:1" }, { urls: ["turn:t:1"], username: "u" }];
  assert.deepEqual(ice_servers_of([...wrong, good]), [good]);
});

test("what a viewer may do is what the camera lists", () => {
  const { rights } = parse_body("answer", { seq: 0, sdp: "v=0", rights: ["watch", "control", "fly", 7] });
  assert.deepEqual(rights, { watch: true, listen: false, talk: false, control: true });
  assert.equal(parse_body("offer", { sdp: "v=0", rights: "watch" }).rights, null);
  assert.equal(parse_state("a", bytes({ v: 1, online: true, invited: false })).invited, false);
});

test("controls of the wrong shape are left out", () => {
  const good = { name: "zoom", label: "Zoom", kind: "menu", min: 0, max: 1, step: 1, default: 0, value: 1, items: [{ value: 0, label: "out" }, { value: "x" }], inactive: true };
  const wrong = [null, 1, {}, { ...good, name: 1 }, { ...good, kind: "wheel" }, { ...good, value: 1.5 }, { ...good, step: 0 }, { ...good, min: 9 }];
  const { controls, error } = parse_body("control", { seq: 1, controls: [...wrong, good], error: 7 });
  assert.equal(error, "");
  assert.deepEqual(controls, [
    { name: "zoom", label: "Zoom", kind: "menu", min: 0, max: 1, step: 1, value: 1, usual: 0, items: [{ value: 0, label: "out" }], fixed: true },
  ]);
  assert.deepEqual(parse_body("control", { controls: "all", error: "no" }), { controls: [], error: "no", seq: -1 });
  assert.equal(parse_body("control", { controls: Array(500).fill(good) }).controls.length, 128);
  assert.equal(parse_body("notice", { picture: "low" }).picture, "low");
  assert.equal(parse_body("notice", { picture: "upside down" }).picture, "full");
});

test("parse_body reads each kind", () => {
  assert.deepEqual(parse_body("answer", { seq: 3, sdp: "v=0", ice_servers: [] }), { sdp: "v=0", ice_servers: [], rights: null, seq: 3 });
  assert.deepEqual(parse_body("offer", { seq: 0, sdp: "v=0" }), { sdp: "v=0", rights: null, seq: 0 });
  assert.deepEqual(parse_body("bye", { seq: 1, reason: "Restarting" }), { reason: "Restarting", seq: 1 });
  assert.deepEqual(parse_body("bye", {}), { reason: "UnknownReason", seq: -1 });
  assert.deepEqual(parse_body("error", { code: "busy", message: "m" }), { code: "busy", message: "m", seq: -1 });
  const one = { candidate: "c", mid: "0" };
  assert.deepEqual(parse_body("candidates", { candidates: [one, 1, {}, null], done: true }), { candidates: [one], done: true, seq: -1 });
});

test("parse_body refuses descriptions that are missing or over 16 KiB, and kinds it does not know", () => {
  assert.equal(parse_body("answer", {}), null);
  assert.equal(parse_body("answer", { sdp: 1 }), null);
  assert.equal(parse_body("answer", { sdp: "x".repeat(16_385) }), null);
  assert.equal(parse_body("solicit", {}), null);
  assert.equal(parse_body("constructor", {}), null);
});

test("parse_body takes no more than 32 candidates of one message", () => {
  const many = Array.from({ length: 100 }, () => ({ candidate: "c" }));
  assert.equal(parse_body("candidates", { candidates: many }).candidates.length, 32);
});

test("what write_body writes, parse_object and parse_body read", () => {
  const written = write_body(4, "e", { sdp: "v=0" });
  assert.deepEqual(written, { v: 1, seq: 4, epoch: "e", sdp: "v=0" });
  assert.equal(parse_body("offer", parse_object(bytes(written))).seq, 4);
});
