// Decides when to call a camera, when to mend or give up a call, and what to tell the person watching. Pure: the
// player feeds events with the time and carries out the actions; nothing here asks for a clock or touches the network.

import { Backoff } from "./backoff.js";
import { ending_of } from "./endings.js";

const kAnswerLimit_ms = 5_000; //    a camera answers in milliseconds; this covers slow brokers
const kConnectLimit_ms = 16_000; //  PROTOCOL.md "Limits": the camera gives up 15 s after the offer
const kDetour_ms = 1_500; //        direct paths are found within 0.5 s; the camera's relays are tried after this
const kPictureLimit_ms = 10_000; //  a cold camera opens in 1–3 s
const kMendLimit_ms = 6_000; //      an ICE restart takes well under 1 s when there is a path at all
const kExplainLimit_ms = 250; //     DTLS closes faster than MQTT brings the reason: wait this long for the `bye`
const kStall_ms = 3_000;
const kGone_ms = 1_500; //           no frame for this long while the camera is offline: it is not only its broker link
const kFresh_ms = 400; //            a frame at most this old shows that the stream survived
const kLeastFresh_ms = 130; //       what a decoder's buffer and a busy browser may add to a steady stream
const kMove_ms = 2_000; //           a camera that changed networks needs so long to offer its new address
const kFreshFrames = 4; //           so many frames in a row are not lost to chance
const kWell_ms = 2_000; //           a picture that lasted this long and broke is called again at once
const kSettled_ms = 10_000; //       one that lasted this long clears the growing pauses
const kUnknown_ms = 3_000; //        retained messages follow a subscription at once
const kAway_ms = 60_000;

/**
 * Phases: broker, looking, offline, waiting, calling, connecting, picture, live, mending, away, ended.
 * All times are milliseconds of one monotonic clock.
 */
export class Watch {
  phase = "broker";
  /** Code for words.js of what went wrong last, or "". Cleared by a picture. */
  trouble = "";
  /** The camera's own words to an `error`, or "". */
  detail = "";
  /** When the next call is made, or null. */
  retry_at = null;

  #actions = [];
  #random;
  #objection;
  #sealed;
  #silences = 0; //          calls in a row that nobody answered
  #backoff;
  #broker_up_at = null;
  #state = null; //          last known state of the camera; null: never seen or taken away
  #last_epoch = null; //     of the camera, when it was last online
  #state_is_fresh = false; // seen on the present broker connection
  #call = null;
  #gone_epoch = null; //     epoch of the camera that said it restarts
  #ended = false;
  #hidden_at = null;
  #away = false;

  /**
   * `objection(state)`: why this page may not talk to a camera in that state, or "". `sealed`: with an invitation, so that
   * silence is how the camera turns somebody away.
   */
  constructor({ random = Math.random, objection = () => "", sealed = false } = {}) {
    this.#random = random;
    this.#objection = objection;
    this.#sealed = sealed;
    this.#backoff = new Backoff({ first_ms: 700, cap_ms: 15_000, random });
  }

  /** The next thing to do: {do: "call"} | {do: "mend"} | {do: "hang_up", reason}; null when there is none. */
  next_action() {
    return this.#actions.shift() ?? null;
  }

  /** When on_deadline() wants to be called; Infinity when no time matters. */
  deadline() {
    return Math.min(Infinity, ...this.#timers().map(([at]) => at));
  }

  on_deadline(now) {
    for (const [at, act] of this.#timers()) {
      if (at <= now) act.call(this, now);
    }
    this.#settle(now);
  }

  on_broker(now, up) {
    this.#broker_up_at = up ? now : null;
    this.#state_is_fresh = false;
    if (!up && this.#call && !this.#call.answered) this.#drop_call(null); // the offer may be lost: call anew later
    this.#settle(now);
  }

  /** `state` as parse_state() gives it; null when the broker no longer has one. */
  on_state(now, state) {
    const before = this.#state;
    this.#state = state;
    this.#state_is_fresh = state !== null;
    if (state && this.trouble === "unknown_camera") this.trouble = "";
    const came_back = state?.online && before && (!before.online || before.epoch !== state.epoch);
    if (came_back) this.#on_return(now, before);
    if (state?.online) this.#last_epoch = state.epoch;
    if (state?.online && this.trouble === "busy" && state.viewers < state.max_viewers) {
      // Somebody left: all who wait see it together, so come back within a spread second.
      this.retry_at = Math.min(this.retry_at ?? now, now + 1_000 * this.#random());
    }
    if (this.#call && state?.health === "lost") this.trouble = "CameraLost";
    if (this.#call?.mending_at != null) this.#mend(now);
    this.#settle(now);
  }

  /** The camera's description arrived; `more_ways`: with relays that could not be asked for when we offered. */
  on_answer(now, more_ways = false) {
    if (this.#call) this.#call.answered = true;
    this.#silences = 0;
    if (this.#call && more_ways) this.#call.detour_at ??= this.#call.started_at + kDetour_ms;
    this.#settle(now);
  }

  /** The camera looks for new paths in a live call, e.g. because its network changed: an offer of its came. */
  on_offer(now) {
    if (this.#call) {
      this.#call.offered_at = now;
      this.#call.doubt_at = null; // it is the camera we know
    }
    this.on_answer(now);
  }

  on_bye(now, reason) {
    this.#end(now, reason, null);
  }

  on_error(now, code, message) {
    this.#end(now, code, null, { message });
  }

  /** The page itself could not go on, e.g. the browser refused a description. */
  on_failure(now, message) {
    this.#end(now, "failed", "UnknownReason", { message });
  }

  /** `what`: connected, disconnected, failed (ICE and DTLS together), closed or refused (DTLS alone). */
  on_transport(now, what) {
    const call = this.#call;
    if (!call) return;
    if (what === "connected") {
      call.connected_at ??= now;
      call.mending_at = null;
      call.mend_sent = false;
    } else if (what === "disconnected" && call.connected_at !== null) {
      this.#mend(now);
    } else if (what === "failed") {
      this.#end(now, call.connected_at === null ? "unreachable" : "lost", "ICEFailed");
    } else if (what === "refused") {
      this.#end(now, "insecure", "UnknownReason");
    } else if (what === "closed") {
      call.closed_at ??= now;
    }
    this.#settle(now);
  }

  /** A frame was shown. */
  on_frame(now) {
    const call = this.#call;
    if (!call) return;
    const is_news = call.frame_at === null || this.trouble !== "";
    if (call.frame_at !== null) call.interval_ms += (Math.min(now - call.frame_at, kFresh_ms) - call.interval_ms) / 8;
    call.first_frame_at ??= now;
    call.frame_at = now;
    if (!is_news) return;
    this.trouble = this.detail = "";
    this.#settle(now);
  }

  on_visible(now, visible) {
    this.#hidden_at = visible ? null : now;
    if (visible && this.#call) this.#call.frame_at &&= now; // hidden pages show no frames: start counting afresh
    if (visible && this.#away) {
      this.#away = false;
      this.retry_at = null;
    }
    this.#settle(now);
  }

  /** The person asked for another try, or the network came back. */
  retry(now) {
    if (this.#call) return;
    this.#ended = false;
    this.#gone_epoch = null;
    this.retry_at = null;
    this.#backoff.reset();
    this.#settle(now);
  }

  #timers() {
    if (this.#ended || this.#away) return [];
    const timers = this.#call ? this.#call_timers(this.#call) : this.#idle_timers();
    if (this.#hidden_at !== null) timers.push([this.#hidden_at + kAway_ms, this.#leave]);
    return timers;
  }

  #idle_timers() {
    const timers = [];
    if (this.retry_at !== null) timers.push([this.retry_at, () => (this.retry_at = null)]);
    const unseen = this.#broker_up_at !== null && !this.#state_is_fresh && this.trouble !== "unknown_camera";
    if (unseen) timers.push([this.#broker_up_at + kUnknown_ms, () => (this.trouble = "unknown_camera")]);
    return timers;
  }

  #call_timers(call) {
    const timers = [];
    const end = (code, reason) => (now) => this.#end(now, code, reason);
    if (call.closed_at !== null) timers.push([call.closed_at + kExplainLimit_ms, end("lost", "UnknownReason")]);
    if (!call.answered) {
      timers.push([call.started_at + kAnswerLimit_ms, this.#give_up_asking]);
    } else if (call.connected_at === null) {
      timers.push([call.started_at + kConnectLimit_ms, end("unreachable", "ICETimeout")]);
      if (call.detour_at !== null) timers.push([call.detour_at, () => this.#take_detour()]);
    } else if (call.mending_at !== null) {
      timers.push([call.mending_at + kMendLimit_ms, end("lost", "ICEFailed")]);
    } else if (this.#hidden_at === null) {
      timers.push(...this.#picture_timers(call, end));
    }
    return timers;
  }

  // A message may have been lost once; twice, the camera does not know us.
  #give_up_asking(now) {
    this.#silences++;
    this.#end(now, this.#sealed && this.#silences > 1 ? "not_let_in" : "no_answer", "ICETimeout");
  }

  #picture_timers(call, end) {
    if (call.frame_at === null) {
      const may_come = this.#state?.health === "ok";
      return may_come ? [[call.connected_at + kPictureLimit_ms, end("no_picture", "MediaTimeout")]] : [];
    }
    const timers = [];
    if (this.#state_is_fresh && !this.#state.online) {
      timers.push([call.frame_at + kGone_ms, end("lost", "MediaTimeout")]);
    } else if (call.doubt_at !== null) {
      timers.push([Math.min(call.doubt_at + Math.max(kFresh_ms, call.fresh_ms), call.frame_at + call.fresh_ms), this.#resolve_doubt]);
    }
    if (this.trouble === "") timers.push([call.frame_at + kStall_ms, () => (this.trouble = "stalled")]);
    return timers;
  }

  #leave(_now) {
    this.#away = true;
    this.phase = "away";
    this.#drop_call("UserHangup");
  }

  // The camera is back under another epoch. Epochs also change every ten minutes, and brokers come and go under a
  // running stream, so a call is only given up when its frames have really stopped.
  #on_return(now, before) {
    if (this.#state.epoch !== before.epoch || !before.online) this.#gone_epoch = null;
    const call = this.#call;
    const fresh_ms = call && this.#fresh_ms_after(before, call);
    if (!call) {
      if (!before.online) this.retry_at = null;
    } else if (call.offered_at !== null && now - call.offered_at < kMendLimit_ms) {
      return; // it is the camera we know, from a new address
    } else if (call.frame_at === null || now - call.frame_at > fresh_ms) {
      if (!before.online) this.#end(now, "lost", "UnknownReason", { at_once: true });
    } else {
      call.doubt_at = now;
      call.fresh_ms = fresh_ms;
    }
  }

  /** How old its last frame may be before the call is given up. */
  #fresh_ms_after(before, call) {
    if (before.online) return kFresh_ms;
    return this.#state.epoch === this.#last_epoch ? kMove_ms : fresh_ms_of(call);
  }

  #resolve_doubt(now) {
    const call = this.#call;
    const alive = now < call.frame_at + call.fresh_ms;
    call.doubt_at = null;
    if (!alive) this.#end(now, "lost", "UnknownReason", { at_once: true });
  }

  #mend(now) {
    const call = this.#call;
    call.mending_at ??= now;
    if (call.mend_sent || !this.#camera_is_there()) return;
    call.mend_sent = true;
    // RFC 8445 §9: new credentials let both sides check all paths again, while DTLS and the picture stay.
    this.#actions.push({ do: "mend" });
  }

  // Browsers ask new servers for addresses only after an ICE restart (W3C webrtc-pc §4.4.1.6).
  #take_detour() {
    this.#call.detour_at = Infinity;
    this.#actions.push({ do: "mend" });
  }

  #camera_is_there() {
    return this.#broker_up_at !== null && this.#state_is_fresh && this.#state.online;
  }

  /** Ends the call for `code`; `reason` is told to the camera, null when it knows already. */
  #end(now, code, reason, { message = "", at_once = false } = {}) {
    if (!this.#call) return;
    const lived_ms = now - (this.#call.first_frame_at ?? now);
    this.#drop_call(reason);
    if (lived_ms >= kSettled_ms) this.#backoff.reset();
    this.trouble = code;
    this.detail = message;
    this.#plan(now, ending_of(code), at_once || lived_ms >= kWell_ms);
    this.#settle(now);
  }

  #drop_call(reason) {
    if (this.#call) this.#actions.push({ do: "hang_up", reason });
    this.#call = null;
  }

  #plan(now, { after, pause_ms }, at_once) {
    this.#ended = after === "never";
    this.#gone_epoch = after === "return" ? (this.#state?.epoch ?? null) : null;
    this.retry_at = null;
    if (after === "return") this.retry_at = now + pause_ms;
    if (after === "slow") this.retry_at = now + pause_ms * (0.8 + 0.4 * this.#random());
    if (after !== "soon") return;
    const pause = this.#backoff.next_ms(); // drawn in any case: a stream that keeps breaking is not hammered either
    if (!at_once) this.retry_at = now + pause;
  }

  #settle(now) {
    this.phase = this.#next_phase(now);
    if (this.phase === "call") this.#begin(now);
  }

  #next_phase(now) {
    if (this.#ended) return "ended";
    if (this.#away) return "away";
    if (this.#call) return call_phase(this.#call);
    if (this.#broker_up_at === null) return "broker";
    if (!this.#state_is_fresh) return "looking";
    if (!this.#state.online) return this.#offline(now);
    const objection = this.#objection(this.#state);
    if (objection) return this.#wait_for(objection);
    if (this.#state.health === "privacy") return this.#wait_for("PrivacyMode");
    if (this.retry_at !== null && now < this.retry_at && !this.#has_restarted()) return "waiting";
    return "call";
  }

  // A restart takes seconds; a camera that stays away longer is simply offline.
  #offline(now) {
    if (this.trouble === "Restarting" && (this.retry_at === null || now >= this.retry_at)) this.trouble = "";
    return "offline";
  }

  #has_restarted() {
    return this.trouble === "Restarting" && this.#gone_epoch === null;
  }

  #wait_for(trouble) {
    this.trouble = trouble;
    return "waiting";
  }

  #begin(now) {
    this.retry_at = null;
    this.#call = {
      started_at: now,
      answered: false,
      connected_at: null,
      first_frame_at: null,
      frame_at: null,
      interval_ms: kFresh_ms, // between frames, a mean
      mending_at: null,
      mend_sent: false,
      offered_at: null,
      detour_at: null,
      closed_at: null,
      doubt_at: null,
      fresh_ms: kFresh_ms,
    };
    this.phase = "calling";
    this.#actions.push({ do: "call" });
  }
}

/** How old the last frame may be before a camera that was away is taken for another process: by the stream's own pace. */
function fresh_ms_of({ interval_ms }) {
  return Math.min(kFresh_ms, Math.max(kLeastFresh_ms, kFreshFrames * interval_ms));
}

function call_phase(call) {
  if (call.mending_at !== null || call.closed_at !== null) return "mending";
  if (!call.answered) return "calling";
  if (call.connected_at === null) return "connecting";
  return call.frame_at === null ? "picture" : "live";
}
