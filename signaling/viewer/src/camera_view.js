// The markup of <perch-camera> and the one function that makes it show a player's state.

import { camera_style } from "./camera_style.js";
import { icons } from "./icons.js";
import { badge_for, retry_words, trouble_words, words_for } from "./words.js";

const kMarkup = `
<style>${camera_style}</style>
<video playsinline autoplay muted disableremoteplayback></video>
<canvas class="still" hidden></canvas>
<div class="middle"><div class="card" role="status" hidden>
  <div class="spinner"></div><h2></h2><p></p><button type="button">Try again</button>
</div></div>
<dl class="stats" hidden></dl>
<form class="panel" hidden aria-label="Camera controls"></form>
<div class="note" role="status" hidden></div>
<div class="top"><span class="name"></span><span class="pill" role="status"></span></div>
<div class="bottom">
  <button type="button" data-do="talk" hidden aria-pressed="false">${icons.talk}</button>
  <button type="button" data-do="mute" hidden></button>
  <button type="button" data-do="controls" hidden aria-label="Camera controls" title="Camera controls" aria-pressed="false">${icons.controls}</button>
  <button type="button" data-do="snapshot" aria-label="Save a picture" title="Save a picture">${icons.snapshot}</button>
  <button type="button" data-do="stats" aria-label="Statistics" title="Statistics" aria-pressed="false">${icons.stats}</button>
  <button type="button" data-do="full" aria-label="Full screen" title="Full screen">${icons.full}</button>
</div>`;

/** Fills a shadow root; returns its parts by name. */
export function build_view(root) {
  root.innerHTML = kMarkup;
  const one = (selector) => root.querySelector(selector);
  const button = (name) => one(`[data-do=${name}]`);
  const parts = { video: one("video"), still: one(".still"), card: one(".card"), spinner: one(".spinner") };
  const texts = { title: one("h2"), hint: one("p"), stats: one(".stats"), name: one(".name"), pill: one(".pill"), note: one(".note"), panel: one(".panel") };
  const buttons = { talk: button("talk"), mute: button("mute"), snapshot: button("snapshot"), controls: button("controls"), figures: button("stats"), full: button("full") };
  parts.video.muted = true; // the attribute alone does not count for autoplay when set by script
  return { ...parts, ...texts, ...buttons, retry: one(".card button") };
}

const kBusyPhases = ["broker", "looking", "calling", "connecting", "picture", "mending"];

const sentence_of = ({ title, hint }) => `${title}. ${hint}`;

function tone_of(phase, trouble, picture) {
  if (phase === "live" && !trouble) return picture === "full" ? "good" : "wait";
  return phase === "ended" || phase === "offline" ? "bad" : "wait";
}

// Assigning the same text again would make screen readers repeat it.
const set_text = (node, text) => node.textContent !== text && (node.textContent = text);

/** `shown` = {phase, trouble, detail, retry_at, name, has_audio, has_talk, has_controls, talking, talks, has_picture, picture}; `now` on performance.now()'s clock. */
export function show(view, shown, now) {
  const { phase, trouble } = shown;
  const { title, hint } = words_for(shown);
  const noteworthy = phase !== "live" || trouble !== "";
  const waits = phase === "waiting" ? retry_words(shown.retry_at, now) : "";
  set_text(view.name, shown.name);
  set_text(view.pill, badge_for(shown));
  view.pill.dataset.tone = tone_of(phase, trouble, shown.picture);
  view.pill.title = shown.picture === "full" ? "" : sentence_of(trouble_words(shown.picture));
  set_text(view.title, title);
  set_text(view.hint, [hint, waits].filter(Boolean).join(" "));
  view.card.hidden = !noteworthy;
  view.spinner.hidden = !kBusyPhases.includes(phase) || trouble === "unknown_camera";
  view.retry.hidden = phase !== "ended" && phase !== "waiting";
  view.still.classList.toggle("dim", phase !== "live");
  view.stats.classList.toggle("idle", phase !== "live");
  view.mute.hidden = !shown.has_audio;
  view.controls.hidden = !shown.has_controls;
  view.panel.hidden ||= !shown.has_controls;
  show_talk(view, shown);
  view.snapshot.disabled = !shown.has_picture;
}

function show_talk(view, { phase, has_talk, talking, talks }) {
  const taken = talking && !talks;
  const label = taken ? "Somebody is speaking" : "Hold to talk";
  view.talk.hidden = !has_talk;
  view.talk.disabled = phase !== "live" || taken;
  view.talk.title = label;
  view.talk.setAttribute("aria-label", label);
  view.talk.setAttribute("aria-pressed", String(talks));
}

/** One sentence at the lower edge for a while, e.g. why there is no microphone; "" takes it away. */
export function show_note(view, text) {
  view.note.hidden = !text;
  set_text(view.note, text);
}

/** The two faces of the mute button. */
export function show_mute(view) {
  const { muted } = view.video;
  const label = muted ? "Turn sound on" : "Turn sound off";
  view.mute.innerHTML = muted ? icons.muted : icons.sound;
  view.mute.title = label;
  view.mute.setAttribute("aria-label", label);
}

/** Rows of stats_rows() into the overlay. */
export function show_stats(view, rows) {
  const cells = rows.flatMap(([label, text]) => [make("dt", label), make("dd", text)]);
  view.stats.replaceChildren(...cells);
}

function make(name, text) {
  const node = document.createElement(name);
  node.textContent = text;
  return node;
}
