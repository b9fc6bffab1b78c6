// A session's envelope: numbering, topics, repetitions; and the candidates of both sides.

import assert from "node:assert/strict";
import { test } from "node:test";
import { IncomingCandidates, OutgoingCandidates } from "../../../signaling/viewer/src/candidates.js";
import { objection_to, open_codec } from "../../../signaling/viewer/src/codec.js";
import { Session } from "../../../signaling/viewer/src/session.js";

const id = "AAAAAAAAAAAAAAAAAAAAAA";
const make = (codec = open_codec) => new Session({ id, camera: "c", viewer: "v", prefix: "p", codec });

test("messages are numbered from 0 and addressed to the camera's inbox", () => {
  const session = make();
  const first = session.write("offer", "e", { sdp: "x" });
  assert.equal(first.topic, `p/c/in/v/${id}/offer`);
  assert.deepEqual(JSON.parse(first.payload), { v: 1, seq: 0, epoch: "e", sdp: "x" });
  assert.equal(JSON.parse(session.write("bye", "e", {}).payload).seq, 1);
});

test("a repeated number is refused, an absent one is not", () => {
  const session = make();
  assert.ok(session.accept(0));
  assert.ok(!session.accept(0));
  assert.ok(session.accept(5));
  assert.ok(session.accept(1));
  assert.ok(session.accept(-1) && session.accept(-1));
});

test("the codec sees the path below the prefix and the epoch", () => {
  const seen = [];
  make({ seal: (...args) => seen.push(args) && "sealed" }).write("offer", "e7", { sdp: "x" });
  assert.deepEqual(seen, [[`c/in/v/${id}/offer`, "e7", { v: 1, seq: 0, epoch: "e7", sdp: "x" }]]);
});

test("the open codec reads what it writes; sealed cameras are for those who have a key", () => {
  const body = { v: 1, seq: 0 };
  assert.deepEqual(open_codec.open("p", "e", open_codec.seal("p", "e", body)), body);
  for (const access of ["open", "broker"]) assert.equal(objection_to({ access, invited: true }, false), "");
  assert.equal(objection_to({ access: "sealed", invited: true }, false), "sealed");
  assert.equal(objection_to({ access: "sealed", invited: true }, true), "");
});

test("our candidates go out in batches, with done said once", () => {
  const ours = new OutgoingCandidates();
  assert.equal(ours.take(), null);
  ours.add("a", "0");
  ours.add("b", "0");
  assert.deepEqual(ours.take(), { candidates: [{ candidate: "a", mid: "0" }, { candidate: "b", mid: "0" }], done: false });
  assert.equal(ours.take(), null);
  ours.finish();
  assert.deepEqual(ours.take(), { candidates: [], done: true });
  assert.equal(ours.take(), null);
});

test("never more than 32 candidates in a session", () => {
  const ours = new OutgoingCandidates();
  for (let i = 0; i < 20; i++) ours.add(`${i}`, "0");
  assert.equal(ours.take().candidates.length, 20);
  for (let i = 0; i < 20; i++) ours.add(`${i}`, "0");
  assert.equal(ours.take().candidates.length, 12);
});

test("the camera's candidates wait for its description, keep their order, and then pass straight through", () => {
  const theirs = new IncomingCandidates();
  const applied = [];
  theirs.push([1, 2]);
  theirs.push([3]);
  theirs.release((one) => applied.push(one));
  assert.deepEqual(applied, [1, 2, 3]);
  theirs.push([4]);
  assert.deepEqual(applied, [1, 2, 3, 4]);
});

test("a flood of early candidates is not kept", () => {
  const theirs = new IncomingCandidates();
  for (let i = 0; i < 100; i++) theirs.push([i]);
  const applied = [];
  theirs.release((one) => applied.push(one));
  assert.equal(applied.length, 32);
});
