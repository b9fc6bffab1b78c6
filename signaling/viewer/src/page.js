// The page itself: reads the link, lists the cameras of the broker, opens one.

import { Broker } from "./broker.js";
import { CameraList, entry_words } from "./camera_list.js";
import "./camera_element.js";
import { icons } from "./icons.js";
import { parse_fragment, read_settings, without_secrets, write_fragment } from "./settings.js";
import { keep_invitation, keep_link, whole_link } from "./storage.js";
import { trouble_words } from "./words.js";

// Retained messages come in one burst after the subscription: a list that stayed at one this long has one camera.
const kBurst_ms = 150;

const main = document.querySelector("main");
let leave = () => {};

function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function icon(name) {
  const node = make("span", { class: "icon" });
  node.innerHTML = icons[name];
  return node;
}

/** The link's settings as text. Secrets go from the address bar into this browser's storage; an invitation's key stays there. */
function take_link() {
  const fragment = whole_link(location.hash);
  const raw = parse_fragment(fragment);
  const harmless = without_secrets(fragment);
  const is_secret = JSON.stringify(raw) !== JSON.stringify(parse_fragment(harmless));
  if (!is_secret) return raw;
  const settings = read_settings(raw, location.href);
  const { key, ...others } = raw;
  if (key !== undefined && !settings.error) keep_invitation(settings);
  keep_link(harmless, write_fragment(others));
  history.replaceState(null, "", location.pathname + location.search + harmless);
  return settings.error ? raw : others;
}

function open_camera(raw, camera, back) {
  leave();
  const player = make("perch-camera", { camera });
  for (const name of ["broker", "viewer", "prefix", "ice", "solicit"]) {
    if (raw[name] !== undefined) player.setAttribute(name, raw[name]);
  }
  document.body.className = back ? "watching with-back" : "watching";
  const parts = back ? [player, back_button(back)] : [player];
  main.replaceChildren(...parts);
  leave = () => player.remove();
}

function back_button(back) {
  const button = make("button", { type: "button", class: "back", "aria-label": "All cameras", title: "All cameras" });
  button.append(icon("back"));
  button.addEventListener("click", back);
  return button;
}

function card(entry, open) {
  const tone = !entry.online ? "bad" : entry.health === "ok" ? "good" : "wait";
  const words = make("span", { class: "words" }, make("b", {}, entry.name), make("small", { "data-tone": tone }, entry_words(entry)));
  const button = make("button", { type: "button", class: "camera", "data-camera": entry.camera }, icon("camera"), words);
  button.addEventListener("click", () => open(entry.camera));
  return make("li", {}, button);
}

function notice(title, hint) {
  return make("div", { class: "notice" }, make("h2", {}, title), make("p", {}, hint));
}

/** Lists the cameras; `eager` opens the only one by itself. */
function open_list(raw, settings, eager) {
  leave();
  document.body.className = "listing";
  const list = new CameraList(settings.prefix);
  const items = make("ul", { class: "cameras" });
  const status = make("p", { role: "status", class: "status" }, "Connecting to the broker…");
  main.replaceChildren(make("h1", {}, "Cameras"), status, items);
  const open = (camera) => open_camera(raw, camera, () => open_list(raw, settings, false));
  let burst = null;

  const render = () => {
    const entries = list.entries();
    const empty = notice("No cameras yet", "They appear here by themselves once they reach this broker.");
    items.replaceChildren(...entries.map((entry) => card(entry, open)));
    status.replaceChildren(...(entries.length ? [] : [empty]));
  };
  const settle = () => {
    const only = eager ? list.only() : "";
    eager = false;
    if (only) open(only);
    else render();
  };
  const broker = new Broker(settings.broker, list.filters, {
    on_up: () => (eager ? (burst ??= setTimeout(settle, kBurst_ms)) : render()),
    on_down: () => status.replaceChildren(broker_notice(broker)),
    on_message: (topic, payload) => list.on_message(topic, payload) && !eager && render(),
  });
  broker.open();
  leave = () => {
    clearTimeout(burst);
    broker.close();
  };
}

function broker_notice({ trouble }) {
  const { title, hint } = trouble_words(trouble || "broker_unreachable");
  return notice(title, hint);
}

function open_page() {
  const raw = take_link();
  const settings = read_settings(raw, location.href);
  if (settings.error) {
    leave();
    document.body.className = "listing";
    const { title, hint } = trouble_words(settings.error);
    main.replaceChildren(notice(title, hint));
  } else if (settings.camera) {
    open_camera(raw, settings.camera, null);
  } else {
    open_list(raw, settings, true);
  }
}

addEventListener("hashchange", open_page);
open_page();
