// Every state and every trouble has words, and the right ones are shown.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { badge_for, phase_words, retry_words, trouble_words, words_for } from "../../../signaling/viewer/src/words.js";

const source = (name) => readFile(new URL(`../../../signaling/viewer/src/${name}`, import.meta.url), "utf8");

test("every ending has words of its own", async () => {
  const codes = [...(await source("endings.js")).matchAll(/^ {2}(\w+): /gm)].map((match) => match[1]);
  assert.ok(codes.length > 20);
  for (const code of codes) assert.notEqual(trouble_words(code).title, "Something went wrong", code);
});

test("every reason and code of PROTOCOL.md has words", () => {
  const reasons = ["UserHangup", "UserBusy", "Replaced", "ICEFailed", "ICETimeout", "MediaTimeout", "OutOfResources", "PrivacyMode",
    "CameraLost", "Restarting", "Revoked", "UnknownReason"];
  const codes = ["bad_request", "unsupported_version", "unauthorized", "unknown_session", "no_common_codec", "busy", "too_large", "rate_limited"];
  for (const code of [...reasons, ...codes]) assert.notEqual(trouble_words(code).title, "Something went wrong", code);
});

test("every phase of the watch has words", async () => {
  const phases = (await source("watch.js")).match(/Phases: ([^.]+)\./)[1].replace(/[\s*]+/g, " ").split(", ");
  assert.ok(phases.includes("live") && phases.includes("ended"));
  for (const phase of phases) assert.notEqual(phase_words(phase).title, phase, phase);
});

test("an unknown code shows the camera's own words", () => {
  assert.deepEqual(trouble_words("novel", "The door is ajar"), { title: "Something went wrong", hint: "The door is ajar" });
  assert.equal(trouble_words("constructor").hint, "constructor");
});

test("an unreachable camera leads to TURN", () => {
  for (const code of ["unreachable", "ICEFailed", "ICETimeout"]) assert.match(trouble_words(code).hint, /TURN/);
});

test("while something is under way the phase speaks, while waiting the trouble does", () => {
  const title = (phase, trouble) => words_for({ phase, trouble, detail: "" }).title;
  assert.equal(title("calling", "busy"), phase_words("calling").title);
  assert.equal(title("waiting", "busy"), trouble_words("busy").title);
  assert.equal(title("ended", "Revoked"), trouble_words("Revoked").title);
  assert.equal(title("offline", "lost"), phase_words("offline").title);
  assert.equal(title("offline", "Restarting"), trouble_words("Restarting").title);
  assert.equal(title("live", "stalled"), trouble_words("stalled").title);
  assert.equal(title("live", ""), "Live");
});

test("badges are short", () => {
  assert.equal(badge_for({ phase: "calling", trouble: "" }), "Connecting");
  assert.equal(badge_for({ phase: "looking", trouble: "unknown_camera" }), "Not found");
  assert.equal(badge_for({ phase: "live", trouble: "" }), "Live");
  assert.equal(badge_for({ phase: "live", trouble: "CameraLost" }), "Unplugged");
  assert.equal(badge_for({ phase: "ended", trouble: "busy" }), "Stopped");
});

test("the next try is counted down, and not in its last second", () => {
  assert.equal(retry_words(10_000, 2_100), "Trying again in 8 s.");
  assert.equal(retry_words(10_000, 9_500), "");
  assert.equal(retry_words(null, 0), "");
});

test("a camera unplugged before the first picture is told as such", () => {
  const view = { phase: "picture", trouble: "CameraLost", detail: "" };
  assert.equal(words_for(view).title, trouble_words("CameraLost").title);
  assert.equal(badge_for(view), "Unplugged");
  assert.equal(words_for({ ...view, trouble: "" }).title, phase_words("picture").title);
});

test("what the network lets through is told in a word, when there is nothing worse to tell", () => {
  assert.equal(badge_for({ phase: "live", trouble: "", picture: "full" }), "Live");
  assert.match(badge_for({ phase: "live", trouble: "", picture: "low" }), /smaller/);
  assert.match(badge_for({ phase: "live", trouble: "", picture: "thinned" }), /fewer/);
  assert.equal(badge_for({ phase: "live", trouble: "stalled", picture: "low" }), "Standing still");
  assert.equal(badge_for({ phase: "mending", trouble: "", picture: "low" }), "Reconnecting");
});
