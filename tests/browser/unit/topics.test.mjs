// Topics and ids: what is spoken, and what is nobody's business here.

import assert from "node:assert/strict";
import { webcrypto } from "node:crypto"; // node 18 has no global crypto
import { test } from "node:test";
import { base64url, is_id, is_session, new_session_id, new_viewer_id } from "../../../signaling/viewer/src/ids.js";
import { every_state, inbox_filter, is_prefix, message_path, parse_topic, state_topic } from "../../../signaling/viewer/src/topics.js";

const session = "AAAAAAAAAAAAAAAAAAAAAA";

test("session ids are 128 bits in base64url, viewer ids fit the alphabet", () => {
  assert.equal(new_session_id((n) => new Uint8Array(n)), session);
  const random = (n) => webcrypto.getRandomValues(new Uint8Array(n));
  assert.ok(is_session(new_session_id(random)));
  assert.notEqual(new_session_id(random), new_session_id(random));
  assert.ok(is_id(new_viewer_id(random)));
  assert.equal(base64url(Uint8Array.of(0xfb, 0xff, 0xfe)), "-__-");
});

test("ids outside the alphabet or the length are refused", () => {
  for (const wrong of ["", "a b", "a/b", "a+", "#", "ä", "x".repeat(65), undefined, 1]) assert.ok(!is_id(wrong), String(wrong));
  assert.ok(is_id("x".repeat(64)));
  for (const wrong of ["", "A".repeat(21), "A".repeat(23), `${"A".repeat(21)}=`]) assert.ok(!is_session(wrong));
});

test("the topics of PROTOCOL.md", () => {
  assert.equal(state_topic("perch/v1", "front-door"), "perch/v1/front-door/state");
  assert.equal(every_state("perch/v1"), "perch/v1/+/state");
  assert.equal(inbox_filter("perch/v1", "kitchen"), "perch/v1/+/to/kitchen/#");
  assert.equal(message_path("c", "in", "v", session, "offer"), `c/in/v/${session}/offer`);
});

test("parse_topic reads both forms", () => {
  assert.deepEqual(parse_topic("p/q", "p/q/c/state"), { camera: "c", path: "c/state", kind: "state" });
  const path = `c/to/v/${session}/answer`;
  assert.deepEqual(parse_topic("p/q", `p/q/${path}`), { camera: "c", way: "to", viewer: "v", session, kind: "answer", path });
});

test("parse_topic refuses all else", () => {
  const wrong = ["", "c/state", "p/qc/state", "p/q/c d/state", "p/q/c/state/x", "p/q/c/up/v/s/k", `p/q/c/to/v/${session}`,
    `p/q/c/to/v/${session}/`, `p/q/c/to/v/${session}/k/more`, "p/q/c/to/v/short/k", `p/q/c/to//${session}/k`];
  for (const topic of wrong) assert.equal(parse_topic("p/q", topic), null, topic);
});

test("prefixes without wildcards and empty levels only", () => {
  for (const good of ["perch/v1", "a", "home/cams/perch"]) assert.ok(is_prefix(good), good);
  for (const wrong of ["", "/a", "a/", "a//b", "a/+", "#", "a\u0000", undefined]) assert.ok(!is_prefix(wrong), String(wrong));
});
