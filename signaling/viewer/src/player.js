// One camera on one <video>: joins the line to the camera, watch and peer, and carries out what the watch decides.

import { Abilities } from "./abilities.js";
import { CameraLine } from "./camera_line.js";
import { objection_to } from "./codec.js";
import { FrameMeter, latency_of, Smoothed } from "./frames.js";
import { Peer } from "./peer.js";
import { SparePeer } from "./spare_peer.js";
import { Watch } from "./watch.js";

// Phones cut the connections of a page that stays hidden, often without telling it.
const kSleep_ms = 20_000;

/** Where this page's tests and benches look: players in the order of their start. See README.md of this folder. */
const published = (globalThis.__perch ??= { players: [] });

/**
 * `settings` as read_settings() gives them, with camera and viewer filled in. `on_change()` is called after
 * anything shown may have changed, `on_stream(stream)` when new media arrives, `before_drop()` while the last
 * picture of a call that ends is still in the video, `on_controls({controls, error})` for what the camera says of its own.
 */
export class Player {
  pc = null;
  session = "";
  video;
  /** performance.now() of the present call's offer_published, answer, connected, first_frame. */
  marks = {};
  frames = 0;
  latency = new Smoothed(15);
  /** "full", or what the camera made of it for our network: "low" or "thinned". */
  picture = "full";

  #settings;
  #listener;
  #watch;
  #line;
  #abilities;
  #peer = null;
  #spare = new SparePeer((ice_servers) => this.#new_peer(ice_servers));
  #meter = null;
  #timer = null;
  #timer_at = Infinity;
  #answer_servers = [];
  #listens = false;
  #talk_track = null;
  #asks_controls = false; // and has no answer yet
  #offered = false; // an offer of ours has no answer yet
  #running = false;
  #hidden_at = null;

  constructor(settings, video, listener) {
    this.#settings = settings;
    this.video = video;
    this.#listener = listener;
    this.#watch = this.#new_watch();
    this.#abilities = new Abilities(Boolean(settings.key), () => this.#line.state);
    this.#line = new CameraLine(settings, {
      on_broker: (up) => this.#tell((now) => this.#watch.on_broker(now, up)),
      on_state: (state) => this.#on_state(state),
      on_back: () => this.#on_back(),
      on_said: (kind, fields) => this.#peer && this.#on_kind[kind](fields),
    });
  }

  #new_watch() {
    const has_key = Boolean(this.#settings.key);
    return new Watch({ objection: (state) => objection_to(state, has_key), sealed: has_key });
  }

  /** What the watch is doing: a phase of watch.js. */
  get state() {
    return this.#watch.phase;
  }

  /** What went wrong last, a code for words.js; "" when all is well. */
  get error() {
    const seeks_broker = this.#watch.phase === "broker" || this.#watch.phase === "looking";
    return (seeks_broker && this.#line.trouble) || this.#watch.trouble;
  }

  get detail() {
    return this.#watch.detail;
  }

  get retry_at() {
    return this.#watch.retry_at;
  }

  get camera() {
    return this.#settings.camera;
  }

  get camera_name() {
    return this.#line.state?.name ?? this.camera;
  }

  /** The camera has a microphone that may be listened to. */
  get has_audio() {
    return this.#abilities.shown.audio;
  }

  /** The camera has a loudspeaker to talk through. */
  get has_talk() {
    return this.#abilities.shown.talk;
  }

  /** The camera's own controls may be set. */
  get may_control() {
    return this.#abilities.shown.control;
  }

  /** Somebody is speaking through it just now, perhaps we. */
  get talking() {
    return this.#line.state?.talking ?? false;
  }

  /** The camera's microphone delivers nothing. */
  get deaf() {
    return this.#line.state?.deaf ?? false;
  }

  /** Has the camera say what it can be set to; `on_controls` follows. */
  ask_controls() {
    this.#send_control({});
  }

  set_control(name, value) {
    this.#send_control({ set: { name, value } });
  }

  #send_control(fields) {
    if (this.#peer) this.#asks_controls = this.#line.send("control", fields);
  }

  /** Hear the camera or not; its microphone is open only while somebody does. */
  listen(listens) {
    this.#listens = listens;
    this.#update_sound();
  }

  /** Speak with this track, or stop with null. */
  talk(track) {
    this.#talk_track = track;
    this.#update_sound();
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    published.players.push(this);
    this.#new_session();
    this.#line.open();
    this.#spare.warm_up(this.#settings.ice_servers);
  }

  /** Says goodbye and lets go of everything; start() begins anew. */
  stop() {
    if (!this.#running) return;
    this.#running = false;
    const at = published.players.indexOf(this);
    if (at >= 0) published.players.splice(at, 1);
    this.#line.close(this.#peer && "UserHangup"); // first of all: a page being closed may be stopped at any moment
    this.#hang_up(null);
    this.#spare.drop();
    clearTimeout(this.#timer);
    this.#timer_at = Infinity;
    this.#watch = this.#new_watch();
  }

  /** The person asked for another try. */
  retry() {
    this.#line.nudge();
    this.#tell((now) => this.#watch.retry(now));
  }

  /** The device has a network again. */
  on_network() {
    this.#line.renew();
  }

  on_visible(visible) {
    const slept = visible && this.#hidden_at !== null && performance.now() - this.#hidden_at > kSleep_ms;
    this.#hidden_at = visible ? null : performance.now();
    if (slept) this.#line.renew();
    else if (visible) this.#line.nudge();
    this.#tell((now) => this.#watch.on_visible(now, visible));
  }

  /** The browser's report on the present connection, or null. */
  async stats() {
    return this.pc && this.pc.signalingState !== "closed" ? this.pc.getStats() : null;
  }

  #tell(event) {
    if (!this.#running) return;
    event(performance.now());
    this.#act();
    this.#arm();
    this.#listener.on_change();
  }

  #act() {
    for (let action = this.#watch.next_action(); action; action = this.#watch.next_action()) {
      if (action.do === "call") this.#attempt(() => this.#call());
      else if (action.do === "mend") this.#attempt(() => this.#mend());
      else this.#hang_up(action.reason);
    }
  }

  // Whatever the browser refuses concerns the call it was asked for, not the one that may have followed.
  #attempt(work) {
    const outcome = work();
    const session = this.#line.session;
    outcome.catch((error) => {
      if (session !== this.#line.session) return;
      this.#tell((now) => this.#watch.on_failure(now, String(error?.message ?? error)));
    });
  }

  // A frame only pushes deadlines back, so a timer that fires early finds nothing due and is set again.
  #arm() {
    const at = this.#watch.deadline();
    if (at >= this.#timer_at || at === Infinity) return;
    clearTimeout(this.#timer);
    this.#timer_at = at;
    this.#timer = setTimeout(() => {
      this.#timer_at = Infinity;
      this.#tell((now) => this.#watch.on_deadline(now));
    }, Math.max(0, at - performance.now()));
  }

  #new_session() {
    this.session = this.#line.new_session().id;
  }

  #ice_servers() {
    const from_state = this.#settings.key ? [] : (this.#line.state?.ice_servers ?? []); // anybody may have written those
    return [...this.#settings.ice_servers, ...from_state, ...this.#answer_servers];
  }

  #new_peer(ice_servers) {
    const peer = new Peer(ice_servers, {
      on_candidates: (batch) => peer === this.#peer && this.#line.send("candidates", batch),
      on_stream: (stream) => peer === this.#peer && this.#show(stream),
      on_transport: (what) => peer === this.#peer && this.#on_transport(what),
    });
    return peer;
  }

  async #call() {
    if (!this.#line.session) this.#new_session();
    const peer = (this.#peer = this.#spare.take(this.#ice_servers()));
    this.pc = peer.pc;
    this.marks = {};
    this.#offered = false;
    peer.want_sound(this.#listens, this.#talk_track);
    if (this.#settings.solicit) {
      this.#publish_call("solicit", { want: { video: true, ...this.#abilities.wanted } });
    } else {
      const sdp = await peer.offer(this.#abilities.wanted);
      this.#offered = true;
      if (peer === this.#peer) this.#publish_call("offer", { sdp, want: this.#want() });
    }
  }

  #want() {
    const can = this.#abilities.wanted;
    return { video: true, audio: can.audio && this.#listens, talk: can.talk && this.#talk_track !== null };
  }

  // Answers come back in order, so one offer at a time: a wish that came in between is looked at after the answer.
  #update_sound() {
    if (!this.#peer) return;
    this.#peer.want_sound(this.#listens, this.#talk_track);
    const may_offer = !this.#offered && this.marks.answer !== undefined;
    if (may_offer && this.#peer.sound_differs(this.#abilities.wanted)) this.#attempt(() => this.#offer_again());
  }

  async #offer_again() {
    const peer = this.#peer;
    this.#offered = true;
    const sdp = await peer.offer(this.#abilities.wanted);
    if (peer === this.#peer) this.#line.send("offer", { sdp, want: this.#want() });
  }

  #publish_call(kind, fields) {
    this.marks.offer_published = performance.now();
    this.#line.send(kind, fields);
  }

  async #mend() {
    const peer = this.#peer;
    peer.use_ice_servers(this.#ice_servers());
    const sdp = await peer.offer_restart();
    this.#offered = true;
    if (peer === this.#peer) this.#line.send("offer", { sdp, want: this.#want() });
  }

  #hang_up(reason) {
    if (this.#peer) {
      this.#listener.before_drop();
      if (reason) this.#line.send("bye", { reason });
      this.#meter?.stop();
      this.#peer.close();
    }
    this.#meter = this.#peer = null;
    this.#line.end_session();
    this.picture = "full";
  }

  #on_state(state) {
    this.#tell((now) => this.#watch.on_state(now, state));
    // A camera that restarts is back within a tenth of a second: the browser's part of the next call can be done by then.
    if (state && !state.online && this.#running) this.#spare.warm_up(this.#settings.ice_servers);
  }

  // What the camera had to say of a running call while one of us had no broker is lost. It says it again to whoever sends
  // no candidates: see PROTOCOL.md, "Messages".
  #on_back() {
    if (this.#peer && this.marks.answer !== undefined) this.#line.send("candidates", { candidates: [] });
  }

  #on_kind = {
    answer: (fields) => this.#attempt(() => this.#on_answer(fields)),
    offer: (fields) => this.#attempt(() => this.#on_offer(fields)),
    candidates: ({ candidates }) => this.#peer.add_candidates(candidates),
    bye: ({ reason }) => this.#on_bye(reason),
    error: (fields) => this.#on_error(fields),
    control: (report) => this.#on_controls(report),
    notice: ({ picture }) => this.#on_notice(picture),
  };

  #on_bye(reason) {
    if (reason === "Revoked" || reason === "Expired") this.#abilities.forget();
    this.#tell((now) => this.#watch.on_bye(now, reason));
  }

  // What concerns the camera's controls is no reason to hang up.
  #on_error({ code, message }) {
    const aside = this.#asks_controls && (code === "rate_limited" || code === "unauthorized");
    if (aside) this.#on_controls({ controls: [], error: message });
    else this.#tell((now) => this.#watch.on_error(now, code, message));
  }

  #on_controls(report) {
    this.#asks_controls = false;
    this.#listener.on_controls(report);
  }

  #on_notice(picture) {
    this.picture = picture;
    this.#listener.on_change();
  }

  async #on_answer({ sdp, ice_servers, rights }) {
    this.marks.answer ??= performance.now();
    this.#abilities.learn(rights);
    // Not used before the next gathering: a connection that knows other servers than it gathered with restarts ICE
    // with its next offer, whatever that was for.
    if (ice_servers.length) this.#answer_servers = ice_servers;
    this.#tell((now) => this.#watch.on_answer(now, ice_servers.length > 0));
    await this.#peer.accept_answer(sdp);
    this.#offered = false;
    this.#update_sound();
  }

  async #on_offer({ sdp, rights }) {
    this.#abilities.learn(rights);
    // RFC 3264 §4 leaves glare to us: of two crossing offers the viewer's counts, see PROTOCOL.md.
    if (this.#offered) return;
    const peer = this.#peer;
    this.marks.answer ??= performance.now();
    this.#tell((now) => this.#watch.on_offer(now));
    const answer = await peer.answer(sdp);
    if (peer !== this.#peer) return;
    this.#line.send("answer", { sdp: answer });
    this.#update_sound();
  }

  #on_transport(what) {
    if (what === "connected") this.marks.connected ??= performance.now();
    this.#tell((now) => this.#watch.on_transport(now, what));
  }

  #show(stream) {
    if (this.video.srcObject !== stream) this.#listener.on_stream(stream);
    this.#meter ??= new FrameMeter(this.video, (metadata) => this.#on_frame(metadata));
  }

  // Runs for every frame: the listener hears only of changes of phase or trouble.
  #on_frame(metadata) {
    const now = performance.now();
    const before = this.#watch.phase + this.#watch.trouble;
    this.frames++;
    this.marks.first_frame ??= now;
    this.latency.add(latency_of(metadata));
    this.#watch.on_frame(now);
    if (before !== this.#watch.phase + this.#watch.trouble) this.#tell(() => {});
  }
}
