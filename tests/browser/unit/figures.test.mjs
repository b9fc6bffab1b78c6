// The figures of the overlay, the pauses between tries, and the list of cameras.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../../signaling/viewer/src/backoff.js";
import { CameraList, entry_words } from "../../../signaling/viewer/src/camera_list.js";
import { farewell } from "../../../signaling/viewer/src/farewell.js";
import { latency_of, Smoothed } from "../../../signaling/viewer/src/frames.js";
import { snapshot_name } from "../../../signaling/viewer/src/picture.js";
import { figures_between, sample_of, stats_rows } from "../../../signaling/viewer/src/stats.js";

const with_ids = (table) => new Map(Object.entries(table).map(([id, one]) => [id, { id, ...one }]));
const report = (video, rtt) => with_ids({
  V: { type: "inbound-rtp", kind: "video", codecId: "C", ...video },
  A: { type: "inbound-rtp", kind: "audio", bytesReceived: 1e9 },
  C: { type: "codec", mimeType: "video/H264" },
  T: { type: "transport", selectedCandidatePairId: "P2" },
  P1: { type: "candidate-pair", nominated: true, state: "succeeded", currentRoundTripTime: 9 },
  P2: { type: "candidate-pair", currentRoundTripTime: rtt, localCandidateId: "L", remoteCandidateId: "R" },
  L: { type: "local-candidate", candidateType: "prflx" },
  R: { type: "remote-candidate", candidateType: "relay" },
});

test("figures come from the difference of two reports and the selected pair", () => {
  const first = { timestamp: 1000, framesDecoded: 10, bytesReceived: 0, packetsReceived: 0, packetsLost: 0,
    jitterBufferDelay: 0, jitterBufferEmittedCount: 0, frameWidth: 1280, frameHeight: 720 };
  const second = { ...first, timestamp: 3000, framesDecoded: 70, bytesReceived: 500_000, packetsReceived: 98, packetsLost: 2,
    jitterBufferDelay: 0.3, jitterBufferEmittedCount: 60 };
  const figures = figures_between(sample_of(report(first, 0.02)), sample_of(report(second, 0.025)));
  assert.deepEqual(figures, { fps: 30, bitrate: 2_000_000, loss: 0.02, rtt_ms: 25, buffer_ms: 5, width: 1280, height: 720,
    codec: "H264", path: "prflx – relay" });
});

test("a first report and an empty one give dashes, not NaN", () => {
  const figures = figures_between({}, sample_of(new Map()));
  for (const [label, text] of stats_rows(figures, undefined)) assert.equal(text, "–", label);
});

test("packets that arrive late after all do not make a negative loss", () => {
  const before = { at: 0, lost: 5, packets: 100 };
  assert.equal(figures_between(before, { at: 1000, lost: 3, packets: 200 }).loss, 0);
});

test("rows carry units", () => {
  const rows = Object.fromEntries(stats_rows({ fps: 29.97, bitrate: 640_000, loss: 0.013, rtt_ms: 4.25, width: 640, height: 360 }, 12.4));
  assert.equal(rows["Frame rate"], "30.0 fps");
  assert.equal(rows.Bitrate, "640 kbit/s");
  assert.equal(rows.Loss, "1.3 %");
  assert.equal(rows["Round trip"], "4.3 ms");
  assert.equal(rows["Glass to glass"], "12 ms");
  assert.equal(rows.Picture, "640 × 360");
});

test("latency needs a capture time, and is smoothed", () => {
  assert.equal(latency_of({ captureTime: 100, expectedDisplayTime: 112 }), 12);
  assert.equal(latency_of({ expectedDisplayTime: 112 }), undefined);
  const mean = new Smoothed(2);
  mean.add(undefined);
  assert.equal(mean.value, undefined);
  mean.add(10);
  mean.add(20);
  assert.equal(mean.value, 15);
});

test("pauses double between half and all of their length, up to the cap", () => {
  const pauses = (random) => {
    const backoff = new Backoff({ first_ms: 100, cap_ms: 1_000, random });
    return Array.from({ length: 6 }, () => backoff.next_ms());
  };
  assert.deepEqual(pauses(() => 0), [50, 100, 200, 400, 500, 500]);
  assert.deepEqual(pauses(() => 1), [100, 200, 400, 800, 1_000, 1_000]);
});

test("a reset begins with short pauses again, and a thousand tries do not overflow", () => {
  const backoff = new Backoff({ first_ms: 100, cap_ms: 1_000, random: () => 1 });
  for (let i = 0; i < 2_000; i++) backoff.next_ms();
  assert.equal(backoff.next_ms(), 1_000);
  backoff.reset();
  assert.equal(backoff.next_ms(), 100);
});

test("the farewell is a QoS 0 PUBLISH and a DISCONNECT, byte by byte", () => {
  const message = { topic: "a/b", payload: "hi" };
  const text = (...codes) => codes;
  assert.deepEqual([...farewell(message, 4)], [0x30, 7, 0, 3, ...text(0x61, 0x2f, 0x62), 0x68, 0x69, 0xe0, 0]);
  assert.deepEqual([...farewell(message, 5)], [0x30, 8, 0, 3, ...text(0x61, 0x2f, 0x62), 0, 0x68, 0x69, 0xe0, 0]);
});

test("a longer farewell has a two-byte length", () => {
  const packet = farewell({ topic: "t", payload: "x".repeat(200) }, 4);
  assert.deepEqual([...packet.subarray(0, 3)], [0x30, 0x80 | (203 % 128), 1]);
  assert.equal(packet.length, 1 + 2 + 203 + 2);
});

const state = (changes) => new TextEncoder().encode(JSON.stringify({ v: 1, online: true, name: "N", ...changes }));

test("the list keeps cameras online first, by name, and knows when there is only one", () => {
  const list = new CameraList("p");
  assert.equal(list.only(), "");
  assert.ok(list.on_message("p/b/state", state({ name: "Yard" })));
  assert.equal(list.only(), "b");
  list.on_message("p/a/state", state({ name: "Attic", online: false }));
  list.on_message("p/c/state", state({ name: "Hall" }));
  assert.deepEqual(list.entries().map((one) => one.name), ["Hall", "Yard", "Attic"]);
  assert.equal(list.only(), "");
});

test("an empty retained message takes a camera off the list; nonsense changes nothing", () => {
  const list = new CameraList("p");
  list.on_message("p/a/state", state({}));
  assert.ok(!list.on_message("p/a/state", new TextEncoder().encode("nonsense")));
  assert.ok(!list.on_message("q/a/state", state({})));
  assert.equal(list.entries().length, 1);
  assert.ok(list.on_message("p/a/state", new Uint8Array()));
  assert.equal(list.entries().length, 0);
});

test("a camera that goes offline keeps its name", () => {
  const list = new CameraList("p");
  list.on_message("p/a/state", state({ name: "Hall" }));
  list.on_message("p/a/state", state({ name: undefined, online: false }));
  assert.equal(list.entries()[0].name, "Hall");
  assert.equal(entry_words(list.entries()[0]), "Offline");
});

test("words of a list entry", () => {
  assert.equal(entry_words({ online: true, health: "ok", viewers: 0 }), "Online");
  assert.equal(entry_words({ online: true, health: "ok", viewers: 2 }), "Online · 2 watching");
  assert.equal(entry_words({ online: true, health: "lost", viewers: 0 }), "Camera unplugged");
  assert.equal(entry_words({ online: true, health: "privacy", viewers: 0 }), "Privacy mode");
});

test("snapshots are named after camera and local time", () => {
  assert.equal(snapshot_name("front-door", new Date(2026, 0, 2, 3, 4, 5)), "front-door-2026-01-02-03-04-05.png");
});
