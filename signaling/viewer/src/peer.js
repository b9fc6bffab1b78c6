// One RTCPeerConnection with a camera: its picture and sound, our talk, trickled candidates both ways, and the events a watch needs.

import { IncomingCandidates, OutgoingCandidates } from "./candidates.js";
import { Sound, with_better_opus } from "./sound.js";

const kBatch_ms = 5; // gathers what the browser finds in one go; the connection does not wait for it

/**
 * Calls `on_candidates({candidates, done})`, `on_transport(what)` as watch.js names it, and `on_stream(stream)`.
 * Methods that talk to the browser reject when it refuses; nothing is called after close().
 */
export class Peer {
  pc;

  #listener;
  #ours = new OutgoingCandidates();
  #theirs = new IncomingCandidates();
  #batch_timer = null;
  #stream = new MediaStream();
  #sound;

  constructor(ice_servers, listener) {
    this.#listener = listener;
    this.pc = new RTCPeerConnection({ iceServers: ice_servers, bundlePolicy: "max-bundle" });
    this.#sound = new Sound(this.pc);
    this.pc.onicecandidate = ({ candidate }) => this.#on_local_candidate(candidate);
    this.pc.onconnectionstatechange = () => this.#on_connection();
    this.pc.oniceconnectionstatechange = () => this.#on_ice();
    this.pc.ontrack = ({ track, receiver }) => this.#on_track(track, receiver);
  }

  /** Loads the browser's codecs and makes its keys while the broker is still being reached. */
  warm_up() {
    this.#want_video();
    this.pc.createOffer().catch(() => {}); // the real offer() reports what is wrong
  }

  /** Makes and applies our offer; resolves to its SDP. Candidates follow through `on_candidates`. `can`: {audio, talk}. */
  async offer(can) {
    this.#want_video();
    this.#sound.prepare(can);
    return this.#describe();
  }

  /** Whether to hear the camera, and the track to say something with, or null. */
  want_sound(listens, track) {
    this.#sound.want(listens, track);
  }

  /** True when what is wanted takes a new offer. */
  sound_differs(can) {
    return this.#sound.differs(can);
  }

  /** A new offer on the same session with new ICE credentials (RFC 8829 §5.2.3.1). */
  async offer_restart() {
    this.#ours = new OutgoingCandidates();
    this.#theirs = new IncomingCandidates();
    this.pc.restartIce();
    return this.#describe();
  }

  async accept_answer(sdp) {
    await this.pc.setRemoteDescription({ type: "answer", sdp });
    this.#release();
  }

  /** Takes the camera's offer; resolves to our answer's SDP. */
  async answer(sdp) {
    this.#ours = new OutgoingCandidates(); // an offer of the camera's begins a new ICE generation
    await this.pc.setRemoteDescription({ type: "offer", sdp });
    this.#sound.adopt();
    this.#release();
    return this.#describe();
  }

  add_candidates(candidates) {
    this.#theirs.push(candidates);
  }

  /** Servers for the next gathering, e.g. time-limited TURN credentials out of an answer. */
  use_ice_servers(ice_servers) {
    this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers: ice_servers });
  }

  close() {
    clearTimeout(this.#batch_timer);
    this.#listener = null;
    this.pc.close();
  }

  #want_video() {
    // All codecs are offered although cameras send H.264: narrowing them by setCodecPreferences() gained nothing
    // measurable, and Firefox 153 leaves a=rtcp-fb lines of the others behind, which some parsers refuse.
    if (!this.pc.getTransceivers().length) this.pc.addTransceiver("video", { direction: "recvonly" });
  }

  async #describe() {
    const offers = this.pc.signalingState === "stable" || this.pc.signalingState === "have-local-offer";
    const ours = await (offers ? this.pc.createOffer() : this.pc.createAnswer());
    try {
      await this.pc.setLocalDescription({ type: ours.type, sdp: with_better_opus(ours.sdp) });
    } catch {
      await this.pc.setLocalDescription(); // this browser takes no changed description
    }
    return this.pc.localDescription.sdp;
  }

  #release() {
    const apply = ({ candidate, mid }) => {
      // A candidate the browser cannot use (.local names it may not resolve, foreign transports) is no reason to stop.
      this.pc.addIceCandidate({ candidate, sdpMid: mid ?? "0" }).catch(() => {});
    };
    this.#theirs.release(apply);
  }

  #on_local_candidate(candidate) {
    if (!this.#listener) return;
    if (candidate?.candidate) this.#ours.add(candidate.candidate, candidate.sdpMid);
    else if (candidate === null) this.#ours.finish();
    this.#batch_timer ??= setTimeout(() => this.flush(), kBatch_ms);
  }

  /** Hands on what has been gathered. */
  flush() {
    this.#batch_timer = null;
    const batch = this.#ours.take();
    if (batch) this.#listener?.on_candidates(batch);
  }

  #on_connection() {
    const state = this.pc.connectionState;
    if (state === "connected" || state === "failed") this.#listener?.on_transport(state);
  }

  #on_ice() {
    if (this.pc.iceConnectionState === "disconnected") this.#listener?.on_transport("disconnected");
    // After a mere wobble of ICE connectionState may not change: the return is told here.
    if (this.pc.connectionState === "connected") this.#on_connection();
  }

  #on_track(track, receiver) {
    // The camera stamps playout-delay 0; this asks the same of browsers that ignore the stamp. Live beats smooth here.
    if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
    // Chromium tells of the camera's DTLS close_notify here at once, through connectionState only after 5–15 s.
    receiver.transport?.addEventListener("statechange", () => this.#on_dtls(receiver.transport.state));
    this.#stream.addTrack(track);
    this.#listener?.on_stream(this.#stream);
  }

  #on_dtls(state) {
    if (state === "closed") this.#listener?.on_transport("closed");
    // W3C webrtc-pc §5.5: failed covers a certificate that does not match the described fingerprint.
    if (state === "failed") this.#listener?.on_transport("refused");
  }
}
