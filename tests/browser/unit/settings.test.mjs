// Links: what they may say, what they default to, and what must not stay in the address bar.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parse_ice_server, parse_ice_servers } from "../../../signaling/viewer/src/ice_servers.js";
import { parse_broker, parse_fragment, read_settings, without_secrets } from "../../../signaling/viewer/src/settings.js";

const page = "http://cam.local:9001/";

test("the broker defaults to where the page comes from", () => {
  assert.equal(parse_broker("", page).url, "ws://cam.local:9001/");
  assert.equal(parse_broker(undefined, "https://cam.example/x").url, "wss://cam.example/");
  assert.equal(parse_broker("", "file:///tmp/index.html"), null);
});

test("a login in the broker's address goes to MQTT, not to the WebSocket", () => {
  const broker = parse_broker("wss://bob:p%40ss@b.example/mqtt", page);
  assert.deepEqual(broker, { url: "wss://b.example/mqtt", username: "bob", password: "p@ss" });
});

test("addresses that are no WebSocket are refused", () => {
  for (const wrong of ["http://x", "mqtt://x", "x", "ws://"]) assert.equal(parse_broker(wrong, page), null, wrong);
});

const key = "A".repeat(43);

test("a link in full", () => {
  const raw = parse_fragment("#broker=ws://b:9001&camera=front-door&viewer=kitchen&prefix=home/perch&ice=stun:s:3478&solicit=1&key=" + key);
  assert.deepEqual(read_settings(raw, page), {
    broker: { url: "ws://b:9001/", username: undefined, password: undefined },
    prefix: "home/perch", camera: "front-door", viewer: "kitchen", ice_servers: [{ urls: "stun:s:3478" }], solicit: true, key,
  });
});

test("an empty link lists the cameras of the page's own broker", () => {
  const settings = read_settings(parse_fragment(""), page);
  assert.equal(settings.prefix, "perch/v1");
  assert.equal(settings.camera, "");
  assert.equal(settings.solicit, false);
  assert.deepEqual(settings.ice_servers, []);
});

test("damaged links are told apart", () => {
  assert.equal(read_settings({ broker: "http://x" }, page).error, "bad_broker");
  assert.equal(read_settings({ camera: "a/b" }, page).error, "bad_link");
  assert.equal(read_settings({ viewer: "a b" }, page).error, "bad_link");
  assert.equal(read_settings({ prefix: "a/#" }, page).error, "bad_link");
  const whole = { camera: "c", viewer: "v", key };
  assert.equal(read_settings(whole, page).error, undefined);
  for (const damage of [{ key: "" }, { key: key.slice(1) }, { key: `${key}A` }, { camera: "" }, { viewer: "" }]) {
    assert.equal(read_settings({ ...whole, ...damage }, page).error, "bad_key", JSON.stringify(damage));
  }
});

test("a fragment may be percent-encoded or plain, and a plus is a plus", () => {
  assert.equal(parse_fragment("#broker=ws%3A%2F%2Fb%3A9001%2F").broker, "ws://b:9001/");
  assert.equal(parse_fragment("#broker=ws://u:a+b@h/").broker, "ws://u:a+b@h/");
});

test("ICE servers as people write them", () => {
  assert.deepEqual(parse_ice_server("stun:127.0.0.1:3478"), { urls: "stun:127.0.0.1:3478" });
  assert.deepEqual(parse_ice_server("turn:user:p%3Ass@h:3478?transport=udp"), {
    urls: "turn:h:3478?transport=udp", username: "user", credential: "p:ss",
  });
  for (const wrong of ["", "http://x", "turn:h:3478", "stun:", "turn:u@h"]) assert.equal(parse_ice_server(wrong), null, wrong);
  assert.equal(parse_ice_servers("stun:a, stun:b turn:u:p@c,nonsense").length, 3);
  assert.deepEqual(parse_ice_servers(undefined), []);
});

test("keys and passwords leave the address bar, everything else stays", () => {
  const harmless = without_secrets("#broker=wss://u:p@b/&camera=c&key=SECRET&ice=turn:u:SECRET@t:1?transport=tcp,stun:s:2");
  assert.equal(harmless, "#broker=wss://b/&camera=c&ice=turn:t:1?transport=tcp,stun:s:2");
  assert.equal(without_secrets(harmless), harmless);
  assert.equal(without_secrets(""), "");
  assert.equal(without_secrets("#camera=c"), "#camera=c");
});
