// When the page calls, mends, waits and gives up: every way a stream can begin, break and come back, in virtual time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { objection_to } from "../../../signaling/viewer/src/codec.js";
import { camera_state, offline_state, Scene } from "./support.mjs";

const call = { do: "call" };
const hang_up = (reason) => ({ do: "hang_up", reason });

test("calls as soon as broker and camera are there", () => {
  const scene = new Scene();
  assert.equal(scene.phase, "broker");
  scene.tell("on_broker", true);
  assert.equal(scene.phase, "looking");
  assert.deepEqual(scene.actions(), []);
  scene.tell("on_state", camera_state());
  assert.equal(scene.phase, "calling");
  assert.deepEqual(scene.actions(), [call]);
});

test("goes through connecting and picture to live, and then nothing is due but the stall check", () => {
  const scene = Scene.calling().tell("on_answer");
  assert.equal(scene.phase, "connecting");
  scene.tell("on_transport", "connected");
  assert.equal(scene.phase, "picture");
  scene.tell("on_frame");
  assert.equal(scene.phase, "live");
  scene.stream(60_000);
  assert.equal(scene.phase, "live");
  assert.deepEqual(scene.actions(), []);
});

test("says that the camera is unknown when no state follows the subscription, and calls it when it appears", () => {
  const scene = new Scene().tell("on_broker", true).pass(2_900);
  assert.equal(scene.watch.trouble, "");
  scene.pass(200);
  assert.equal(scene.watch.trouble, "unknown_camera");
  scene.tell("on_state", camera_state());
  assert.equal(scene.watch.trouble, "");
  assert.deepEqual(scene.actions(), [call]);
});

test("waits for an offline camera without calling it", () => {
  const scene = new Scene().tell("on_broker", true).tell("on_state", offline_state()).pass(600_000);
  assert.equal(scene.phase, "offline");
  assert.deepEqual(scene.actions(), []);
  scene.tell("on_state", camera_state());
  assert.deepEqual(scene.actions(), [call]);
});

test("an unanswered call is hung up after 5 s and made again, with growing pauses", () => {
  const scene = Scene.calling().pass(5_000);
  assert.equal(scene.watch.trouble, "no_answer");
  assert.equal(scene.phase, "waiting");
  assert.deepEqual(scene.actions(), [hang_up("ICETimeout")]);
  const pauses = [];
  for (let i = 0; i < 7; i++) {
    pauses.push(scene.watch.retry_at - scene.now);
    scene.pass(pauses.at(-1));
    assert.deepEqual(scene.actions(), [call]);
    scene.pass(5_000);
    scene.actions();
  }
  assert.deepEqual(pauses, [350, 700, 1_400, 2_800, 5_600, 7_500, 7_500]);
});

test("a call without a path ends as unreachable", () => {
  const scene = Scene.calling().tell("on_answer").pass(16_000);
  assert.equal(scene.watch.trouble, "unreachable");
  assert.deepEqual(scene.actions(), [hang_up("ICETimeout")]);
});

test("the browser's own verdict on the path comes first", () => {
  const scene = Scene.calling().tell("on_answer").tell("on_transport", "failed");
  assert.equal(scene.watch.trouble, "unreachable");
  assert.deepEqual(scene.actions(), [hang_up("ICEFailed")]);
});

test("a camera that cannot prove its identity is told from one that cannot be reached", () => {
  const scene = Scene.calling().tell("on_answer").tell("on_transport", "refused");
  assert.equal(scene.watch.trouble, "insecure");
});

test("a connection without a picture is given up after 10 s, unless the camera has lost its sensor", () => {
  const scene = Scene.calling().tell("on_answer").tell("on_transport", "connected").pass(10_000);
  assert.equal(scene.watch.trouble, "no_picture");
  const blind = Scene.calling().tell("on_answer").tell("on_transport", "connected");
  blind.tell("on_state", camera_state({ health: "lost" })).pass(60_000);
  assert.equal(blind.phase, "picture");
});

test("bye Restarting: waits for the new epoch, then calls at once", () => {
  const scene = Scene.live().tell("on_bye", "Restarting");
  assert.deepEqual(scene.actions(), [hang_up(null)]);
  assert.equal(scene.phase, "waiting");
  scene.tell("on_state", offline_state()).pass(300);
  assert.equal(scene.phase, "offline");
  assert.equal(scene.watch.trouble, "Restarting");
  scene.tell("on_state", camera_state({ epoch: "e2" }));
  assert.deepEqual(scene.actions(), [call]);
});

test("bye Restarting without an offline message in between works too", () => {
  const scene = Scene.live().tell("on_bye", "Restarting").pass(200);
  scene.tell("on_state", camera_state({ epoch: "e2" }));
  assert.deepEqual(scene.actions(), [hang_up(null), call]);
});

test("bye Restarting of a camera that never restarts ends in a call after all", () => {
  const scene = Scene.live().tell("on_bye", "Restarting").pass(5_000);
  assert.deepEqual(scene.actions(), [hang_up(null), call]);
});

test("a restart that takes long becomes a plain offline", () => {
  const scene = Scene.live().tell("on_bye", "Restarting").tell("on_state", offline_state()).pass(5_100);
  assert.equal(scene.phase, "offline");
  assert.equal(scene.watch.trouble, "");
});

test("DTLS closed: leaves the bye a moment to explain, then calls", () => {
  const scene = Scene.live().tell("on_transport", "closed").pass(249);
  assert.deepEqual(scene.actions(), []);
  assert.equal(scene.phase, "mending");
  scene.pass(1);
  assert.deepEqual(scene.actions(), [hang_up("UnknownReason"), call]);
});

test("DTLS closed and then bye Revoked: ends for good", () => {
  const scene = Scene.live().tell("on_transport", "closed").pass(50).tell("on_bye", "Revoked").pass(600_000);
  assert.equal(scene.phase, "ended");
  assert.deepEqual(scene.actions(), [hang_up(null)]);
  scene.tell("retry");
  assert.deepEqual(scene.actions(), [call]);
});

test("ICE disconnected: mends once, and a path found again keeps the call", () => {
  const scene = Scene.live().tell("on_transport", "disconnected").tell("on_transport", "disconnected");
  assert.deepEqual(scene.actions(), [{ do: "mend" }]);
  assert.equal(scene.phase, "mending");
  scene.pass(500).tell("on_transport", "connected").tell("on_frame");
  assert.equal(scene.phase, "live");
  scene.stream(20_000);
  assert.deepEqual(scene.actions(), []);
});

test("mending that does not help ends in a new call", () => {
  const scene = Scene.live().tell("on_transport", "disconnected").pass(6_000);
  assert.deepEqual(scene.actions(), [{ do: "mend" }, hang_up("ICEFailed"), call]);
});

test("no direct path, but the answer told of relays: tries them once while connecting", () => {
  const scene = Scene.calling().tell("on_answer", true).pass(1_499);
  assert.deepEqual(scene.actions(), []);
  scene.pass(1);
  assert.deepEqual(scene.actions(), [{ do: "mend" }]);
  assert.equal(scene.phase, "connecting");
  scene.tell("on_answer", true).pass(5_000);
  assert.deepEqual(scene.actions(), []);
});

test("a direct path needs no relays", () => {
  const scene = Scene.calling().tell("on_answer", true).tell("on_transport", "connected").tell("on_frame").stream(5_000);
  assert.deepEqual(scene.actions(), []);
});

test("a camera that comes back from a new address and offers keeps its call", () => {
  const scene = Scene.live().pass(1_400).tell("on_state", offline_state()).tell("on_offer").tell("on_state", camera_state());
  scene.pass(300).tell("on_frame").stream(20_000);
  assert.equal(scene.phase, "live");
  assert.deepEqual(scene.actions(), []);
});

test("a camera that offers and finds no path is mended from our side, then called anew", () => {
  const scene = Scene.live().tell("on_offer").pass(3_000).tell("on_transport", "disconnected").pass(6_000);
  assert.deepEqual(scene.actions(), [{ do: "mend" }, hang_up("ICEFailed"), call]);
});

test("mending without a broker waits for the broker", () => {
  const scene = Scene.live().tell("on_broker", false).tell("on_transport", "disconnected").pass(1_000);
  assert.deepEqual(scene.actions(), []);
  scene.tell("on_broker", true).tell("on_state", camera_state());
  assert.deepEqual(scene.actions(), [{ do: "mend" }]);
});

test("a lost broker does not disturb a running stream", () => {
  const scene = Scene.live().tell("on_broker", false).stream(30_000);
  assert.equal(scene.phase, "live");
  scene.tell("on_broker", true).tell("on_state", camera_state()).stream(5_000);
  assert.equal(scene.phase, "live");
  assert.deepEqual(scene.actions(), []);
});

test("a broker lost under an unanswered call: the call is made anew", () => {
  const scene = Scene.calling().tell("on_broker", false);
  assert.equal(scene.phase, "broker");
  scene.tell("on_broker", true).tell("on_state", camera_state());
  assert.deepEqual(scene.actions(), [hang_up(null), call]);
});

test("a camera that only lost its broker keeps the stream", () => {
  const scene = Scene.live().tell("on_state", offline_state()).stream(1_000);
  scene.tell("on_state", camera_state({ epoch: "e1" })).stream(2_000);
  assert.equal(scene.phase, "live");
  assert.deepEqual(scene.actions(), []);
});

test("a camera killed and back at once is called as soon as its silence is certain", () => {
  const scene = Scene.live().tell("on_state", offline_state()).pass(60);
  scene.tell("on_state", camera_state({ epoch: "e2" })).pass(69);
  assert.deepEqual(scene.actions(), []);
  scene.pass(5);
  assert.deepEqual(scene.actions(), [hang_up("UnknownReason"), call]);
});

test("frames that were still in the browser's buffer do not make a killed camera live", () => {
  const scene = Scene.live().tell("on_state", offline_state()).pass(30);
  scene.tell("on_state", camera_state({ epoch: "e2" })).pass(20).tell("on_frame").pass(135);
  assert.deepEqual(scene.actions(), [hang_up("UnknownReason"), call]);
});

test("the slower a stream's frames, the longer its silence must last", () => {
  const scene = Scene.live();
  for (let i = 0; i < 60; i++) scene.pass(90).tell("on_frame");
  scene.tell("on_state", offline_state()).tell("on_state", camera_state({ epoch: "e2" })).pass(350);
  assert.deepEqual(scene.actions(), []);
  scene.pass(15);
  assert.deepEqual(scene.actions(), [hang_up("UnknownReason"), call]);
});

test("a stream that hesitates while its camera comes back from its broker under a newer epoch goes on", () => {
  const scene = Scene.live().tell("on_state", offline_state()).stream(1_000);
  scene.tell("on_state", camera_state({ epoch: "e2" })).pass(100).tell("on_frame").stream(2_000);
  assert.equal(scene.phase, "live");
  assert.deepEqual(scene.actions(), []);
});

test("a camera that comes back under the epoch it had is the same: its stream has longer to go on", () => {
  const scene = Scene.live().tell("on_state", offline_state()).pass(60);
  scene.tell("on_state", camera_state({ epoch: "e1" })).pass(300).tell("on_frame").stream(1_000);
  assert.deepEqual(scene.actions(), []);
});

test("a camera that comes back under the epoch it had may offer its new address later", () => {
  const scene = Scene.live().tell("on_state", offline_state()).pass(700).tell("on_state", camera_state({ epoch: "e1" }));
  scene.pass(300).tell("on_offer").pass(1_500).tell("on_frame").stream(2_000);
  assert.equal(scene.phase, "live");
  assert.deepEqual(scene.actions(), []);
});

test("a camera that comes back under the epoch it had, but neither streams nor offers, is called anew", () => {
  const scene = Scene.live().tell("on_state", offline_state()).pass(700).tell("on_state", camera_state({ epoch: "e1" })).pass(1_200);
  assert.deepEqual(scene.actions(), []);
  scene.pass(200);
  assert.deepEqual(scene.actions(), [hang_up("UnknownReason"), call]);
});

test("a camera killed and back after a second is called on its return", () => {
  const scene = Scene.live().tell("on_state", offline_state()).pass(1_000);
  scene.tell("on_state", camera_state({ epoch: "e2" }));
  assert.deepEqual(scene.actions(), [hang_up("UnknownReason"), call]);
});

test("a camera killed for good shows offline after 1.5 s", () => {
  const scene = Scene.live().tell("on_state", offline_state()).pass(1_500);
  assert.equal(scene.phase, "offline");
  assert.deepEqual(scene.actions(), [hang_up("MediaTimeout")]);
});

test("a new epoch every ten minutes is no restart", () => {
  const scene = Scene.live().tell("on_state", camera_state({ epoch: "e2" })).stream(2_000);
  assert.equal(scene.phase, "live");
  assert.deepEqual(scene.actions(), []);
});

test("a picture that stands still is said, and forgotten with the next frame", () => {
  const scene = Scene.live().pass(3_000);
  assert.equal(scene.phase, "live");
  assert.equal(scene.watch.trouble, "stalled");
  scene.tell("on_frame");
  assert.equal(scene.watch.trouble, "");
});

test("busy: calls again after some ten seconds, or within one when a place becomes free", () => {
  const scene = Scene.calling().tell("on_error", "busy", "8 viewers").pass(7_900);
  assert.equal(scene.phase, "waiting");
  assert.equal(scene.watch.detail, "8 viewers");
  assert.deepEqual(scene.actions(), [hang_up(null)]);
  scene.pass(100);
  assert.deepEqual(scene.actions(), [call]);
  const lucky = Scene.calling({ random: () => 0.5 }).tell("on_error", "busy").pass(1_000);
  lucky.actions();
  lucky.tell("on_state", camera_state({ viewers: 7 })).pass(500);
  assert.deepEqual(lucky.actions(), [call]);
});

test("rate_limited: the pause is longer than the camera's window of 10 s even with the least jitter", () => {
  const scene = Scene.calling().tell("on_error", "rate_limited");
  assert.ok(scene.watch.retry_at - scene.now > 10_000);
});

for (const code of ["no_common_codec", "unauthorized", "unsupported_version", "too_large"]) {
  test(`${code}: not tried again by itself`, () => {
    const scene = Scene.calling().tell("on_error", code).pass(600_000);
    assert.equal(scene.phase, "ended");
    assert.deepEqual(scene.actions(), [hang_up(null)]);
  });
}

test("privacy mode: waits for its end, then calls", () => {
  const scene = Scene.live().tell("on_bye", "PrivacyMode").tell("on_state", camera_state({ health: "privacy" }));
  scene.actions();
  scene.pass(60_000);
  assert.equal(scene.phase, "waiting");
  assert.equal(scene.watch.trouble, "PrivacyMode");
  scene.tell("on_state", camera_state());
  assert.deepEqual(scene.actions(), [call]);
});

test("an unplugged camera is said while the session stays", () => {
  const scene = Scene.live().tell("on_state", camera_state({ health: "lost" })).pass(30_000);
  assert.equal(scene.phase, "live");
  assert.equal(scene.watch.trouble, "CameraLost");
  scene.tell("on_state", camera_state()).tell("on_frame");
  assert.equal(scene.watch.trouble, "");
  assert.deepEqual(scene.actions(), []);
});

test("a stream that breaks right after its first frame is not hammered", () => {
  const scene = Scene.live(0);
  scene.tell("on_transport", "failed");
  assert.equal(scene.phase, "waiting");
});

test("never more than 5 calls in 10 s, whatever the camera answers", () => {
  for (const [event, value] of [["on_error", "unknown_session"], ["on_bye", "ICEFailed"], ["on_failure", "x"]]) {
    const scene = Scene.calling({ random: () => 0 });
    const calls = [scene.now];
    while (scene.now < 60_000) {
      scene.pass(20).tell(event, value);
      if (scene.actions().some((one) => one.do === "call")) calls.push(scene.now);
      scene.pass(20);
      if (scene.actions().some((one) => one.do === "call")) calls.push(scene.now);
    }
    for (let i = 5; i < calls.length; i++) assert.ok(calls[i] - calls[i - 5] > 10_000, `${event}: ${calls}`);
  }
});

test("a page hidden for a minute lets the camera go and calls when looked at again", () => {
  const scene = Scene.live().tell("on_visible", false).pass(59_000);
  assert.deepEqual(scene.actions(), []);
  scene.pass(1_000);
  assert.equal(scene.phase, "away");
  assert.deepEqual(scene.actions(), [hang_up("UserHangup")]);
  scene.pass(600_000).tell("on_visible", true);
  assert.deepEqual(scene.actions(), [call]);
});

test("a hidden page shows no frames and draws no conclusions from it", () => {
  const scene = Scene.live().tell("on_visible", false).pass(30_000);
  assert.equal(scene.watch.trouble, "");
  scene.tell("on_visible", true).pass(100);
  assert.equal(scene.phase, "live");
  assert.equal(scene.watch.trouble, "");
});

test("a sealed camera that the page cannot open is not called", () => {
  const scene = new Scene({ objection: (state) => objection_to(state, false) }).tell("on_broker", true);
  scene.tell("on_state", camera_state({ access: "sealed" })).pass(60_000);
  assert.equal(scene.watch.trouble, "sealed");
  assert.deepEqual(scene.actions(), []);
});

test("a camera that nobody is invited to says how to change that", () => {
  const scene = new Scene({ objection: (state) => objection_to(state, false) }).tell("on_broker", true);
  scene.tell("on_state", camera_state({ access: "sealed", invited: false }));
  assert.equal(scene.watch.trouble, "nobody_invited");
});

test("who has a key never talks to a camera that claims to be open", () => {
  const scene = new Scene({ objection: (state) => objection_to(state, true), sealed: true }).tell("on_broker", true);
  for (const access of ["open", "broker", "anything"]) {
    scene.tell("on_state", camera_state({ access })).pass(60_000);
    assert.equal(scene.watch.trouble, "not_sealed", access);
    assert.deepEqual(scene.actions(), []);
  }
  scene.tell("on_state", camera_state({ access: "sealed" }));
  assert.deepEqual(scene.actions(), [{ do: "call" }]);
});

test("silence is how a sealed camera turns somebody away: said after the second try, and asked again rarely", () => {
  const scene = new Scene({ sealed: true }).tell("on_broker", true).tell("on_state", camera_state({ access: "sealed" }));
  scene.pass(5_000);
  assert.equal(scene.watch.trouble, "no_answer");
  scene.pass(6_000);
  assert.equal(scene.watch.trouble, "not_let_in");
  assert.ok(scene.watch.retry_at - scene.now > 10_000);
  scene.pass(60_000).actions();
  scene.tell("on_answer").tell("on_transport", "connected").tell("on_frame");
  assert.equal(scene.watch.trouble, "");
});

test("an invitation that is over is not tried again, other rights are taken up at once", () => {
  for (const reason of ["Revoked", "Expired"]) {
    const scene = Scene.live().tell("on_bye", reason).pass(600_000);
    assert.equal(scene.phase, "ended");
    assert.deepEqual(scene.actions(), [{ do: "hang_up", reason: null }]);
  }
  const scene = Scene.live().tell("on_bye", "RightsChanged");
  assert.deepEqual(scene.actions(), [{ do: "hang_up", reason: null }, { do: "call" }]);
});

test("events without a call are harmless", () => {
  const scene = new Scene();
  for (const event of ["on_answer", "on_frame"]) scene.tell(event);
  for (const event of ["on_bye", "on_error", "on_transport", "on_failure"]) scene.tell(event, "closed");
  scene.pass(100_000);
  assert.equal(scene.phase, "broker");
  assert.deepEqual(scene.actions(), []);
});
