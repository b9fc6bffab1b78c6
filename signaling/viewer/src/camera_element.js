// <perch-camera>: a camera to put into any page. Attributes: broker, camera, viewer, key, prefix, ice, solicit.

import { build_view, show, show_mute, show_note, show_stats } from "./camera_view.js";
import { ControlsPanel } from "./controls_panel.js";
import { takes_picture } from "./endings.js";
import { TalkButton } from "./microphone.js";
import { download, LastPicture, snapshot_name } from "./picture.js";
import { Player } from "./player.js";
import { read_settings } from "./settings.js";
import { figures_between, sample_of, stats_rows } from "./stats.js";
import { invitation_for, own_viewer_id } from "./storage.js";
import { trouble_words } from "./words.js";

const kAttributes = ["broker", "camera", "viewer", "key", "prefix", "ice", "solicit"];
const kQuietAfter_ms = 3_000;
const kNote_ms = 6_000;
const kNothing = {
  detail: "", retry_at: null, has_audio: false, has_talk: false, has_controls: false, talking: false, talks: false,
  has_picture: false, picture: "full",
};

export class PerchCamera extends HTMLElement {
  static observedAttributes = kAttributes;

  /** The running Player, or null. */
  player = null;

  #view = build_view(this.attachShadow({ mode: "open" }));
  #picture = new LastPicture(this.#view.video, this.#view.still);
  #abort = null;
  #second = null;
  #quiet = null;
  #sample = null;
  #changes_queued = false;
  #note = null;
  #deaf = false;
  #panel = new ControlsPanel(this.#view.panel, (name, value) => this.player?.set_control(name, value));
  #talk = new TalkButton({ on_track: (track) => this.#on_talk_track(track), on_error: (code) => this.#explain(code) });

  connectedCallback() {
    this.#abort = new AbortController();
    this.#listen(this.#abort.signal);
    this.#second = setInterval(() => this.#every_second(), 1_000);
    show_mute(this.#view);
    this.#start();
  }

  disconnectedCallback() {
    this.#abort.abort();
    clearInterval(this.#second);
    clearTimeout(this.#quiet);
    this.#stop();
  }

  // Several attributes set in a row are one change.
  attributeChangedCallback() {
    if (!this.isConnected || this.#changes_queued) return;
    this.#changes_queued = true;
    queueMicrotask(() => {
      this.#changes_queued = false;
      this.#stop();
      this.#forget();
      if (this.isConnected) this.#start();
    });
  }

  // Another camera, under whose name no picture of the one before may stand; or one that may no longer be seen.
  #forget() {
    this.#view.video.srcObject = null;
    this.#picture.release();
  }

  #start() {
    const raw = Object.fromEntries(kAttributes.map((name) => [name, this.getAttribute(name) ?? undefined]));
    const settings = read_settings(raw, location.href);
    const error = settings.error ?? this.#missing(settings);
    if (error) return this.#show({ phase: "ended", trouble: error, name: raw.camera ?? "" });
    if (!settings.key) use_invitation(settings, invitation_for(settings));
    settings.viewer ||= own_viewer_id();
    this.player = new Player(settings, this.#view.video, {
      on_change: () => this.#update(),
      on_stream: (stream) => this.#play(stream),
      before_drop: () => this.#picture.hold(),
      on_controls: (report) => this.#panel.show(report),
    });
    this.player.listen(!this.#view.video.muted);
    this.player.start();
    this.#update();
  }

  #missing({ camera }) {
    if (!camera) return "no_camera";
    return globalThis.RTCPeerConnection ? "" : "no_webrtc";
  }

  #stop() {
    this.#talk.release();
    this.player?.stop();
    this.player = null;
  }

  #play(stream) {
    this.#view.video.srcObject = stream;
    this.#view.video.play().catch(() => {}); // a later stream or the browser's autoplay rule interrupts: not an error
  }

  #update() {
    const { player } = this;
    if (!player) return;
    if (player.state === "live") this.#picture.release();
    const taken_away = takes_picture(player.error); // what was seen last is part of the room, too
    if (player.state !== "live" && taken_away) this.#forget();
    this.#tell_deafness(player.deaf && !this.#view.video.muted);
    this.#show({
      phase: player.state,
      trouble: player.error,
      detail: player.detail,
      retry_at: player.retry_at,
      name: player.camera_name,
      has_audio: player.has_audio,
      has_talk: player.has_talk,
      has_controls: player.may_control,
      picture: player.picture,
      talking: player.talking,
      talks: this.#talk.held,
      has_picture: player.frames > 0 && !taken_away,
    });
  }

  #show(shown) {
    show(this.#view, { ...kNothing, ...shown }, performance.now());
    this.#view.retry.hidden ||= !this.player;
    if (shown.phase !== "live") this.#wake();
  }

  #listen(signal) {
    const on = (target, name, act) => target.addEventListener(name, act, { signal });
    const { talk, mute, snapshot, figures, full, retry, controls } = this.#view;
    on(talk, "pointerdown", (event) => this.#press(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) on(talk, end, () => this.#let_go());
    on(talk, "contextmenu", (event) => event.preventDefault()); // a long press on a phone
    on(talk, "keydown", (event) => this.#is_press(event) && this.#press(event));
    on(talk, "keyup", (event) => this.#is_press(event) && this.#let_go());
    on(mute, "click", () => this.#toggle_mute());
    on(snapshot, "click", () => this.#save_picture());
    on(figures, "click", () => this.#toggle_stats());
    on(controls, "click", () => this.#toggle_controls());
    on(full, "click", () => this.#toggle_full());
    on(retry, "click", () => this.player?.retry());
    on(this, "pointermove", () => this.#wake());
    on(this, "pointerdown", () => this.#wake());
    on(this, "focusin", () => this.#wake());
    on(document, "visibilitychange", () => this.#on_visible());
    on(window, "online", () => this.player?.on_network());
    // PROTOCOL.md "Ending": no browser sends DTLS close_notify for a closed tab, so the goodbye goes through the broker.
    on(window, "pagehide", () => this.#hide());
    on(window, "pageshow", (event) => event.persisted && this.player?.start());
  }

  #on_visible() {
    // A picture in its own window, or sound that is on, is being watched although the page is hidden.
    const used = document.pictureInPictureElement === this || !this.#view.video.muted;
    if (document.visibilityState !== "visible") this.#let_go();
    this.player?.on_visible(document.visibilityState === "visible" || used);
  }

  #toggle_mute() {
    this.#view.video.muted = !this.#view.video.muted;
    show_mute(this.#view);
    this.player?.listen(!this.#view.video.muted);
    this.#update();
  }

  #hide() {
    this.#talk.release();
    this.player?.stop();
  }

  #is_press({ key, repeat }) {
    return !repeat && (key === " " || key === "Enter");
  }

  #press(event) {
    if (this.#view.talk.disabled) return;
    event.preventDefault();
    if (event.pointerId !== undefined) this.#view.talk.setPointerCapture(event.pointerId);
    this.#talk.press();
    this.#update();
  }

  #let_go() {
    if (!this.#talk.held) return;
    this.#talk.release();
    this.#update();
  }

  #on_talk_track(track) {
    this.player?.talk(track);
  }

  #explain(code) {
    const { title, hint } = trouble_words(code);
    show_note(this.#view, [title, hint].filter(Boolean).join(". "));
    clearTimeout(this.#note);
    this.#note = setTimeout(() => show_note(this.#view, ""), kNote_ms);
    this.#update();
  }

  // Stands as long as it is true, other than what #explain() says.
  #tell_deafness(deaf) {
    if (deaf === this.#deaf) return;
    this.#deaf = deaf;
    const { title, hint } = trouble_words("mic_lost");
    show_note(this.#view, deaf ? `${title}. ${hint}` : "");
  }

  async #save_picture() {
    const png = await this.#picture.png();
    if (png) download(png, snapshot_name(this.player?.camera ?? "camera", new Date()));
  }

  #toggle_stats() {
    const { stats, figures } = this.#view;
    stats.hidden = !stats.hidden;
    figures.setAttribute("aria-pressed", String(!stats.hidden));
    this.#sample = null;
    this.#every_second();
  }

  #toggle_controls() {
    const { panel, controls } = this.#view;
    panel.hidden = !panel.hidden;
    controls.setAttribute("aria-pressed", String(!panel.hidden));
    if (!panel.hidden) this.player?.ask_controls();
    this.#wake();
  }

  #toggle_full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.requestFullscreen) this.requestFullscreen().catch(() => {});
    else this.#view.video.webkitEnterFullscreen?.(); // iPhones can only enlarge the video itself
  }

  // The controls fade while nobody touches them, but only over a picture.
  #wake() {
    this.classList.remove("quiet");
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      const { stats, panel } = this.#view;
      this.classList.toggle("quiet", this.player?.state === "live" && stats.hidden && panel.hidden);
    }, kQuietAfter_ms);
  }

  async #every_second() {
    if (this.player?.state === "waiting") this.#update(); // counts down
    if (this.#view.stats.hidden) return;
    const report = await this.player?.stats();
    const sample = report ? sample_of(report) : {};
    const figures = figures_between(this.#sample ?? {}, sample);
    this.#sample = sample;
    show_stats(this.#view, stats_rows(figures, this.player?.latency.value));
  }
}

/** What an invitation says that the link does not. */
function use_invitation(settings, invitation) {
  if (!invitation) return;
  settings.viewer = invitation.viewer;
  settings.key = invitation.key;
  if (!settings.ice_servers.length) settings.ice_servers = invitation.ice_servers;
}

if (!customElements.get("perch-camera")) customElements.define("perch-camera", PerchCamera);
