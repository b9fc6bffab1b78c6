// The audio section of a connection: what is heard of the camera, and what is said to it. No sound travels that nobody
// asked for: a muted page leaves the camera's microphone closed.

const kDirections = { "false,false": "inactive", "true,false": "recvonly", "false,true": "sendonly", "true,true": "sendrecv" };

/** RTCRtpTransceiver.direction of somebody who listens and / or talks. */
export const direction_of = (listens, talks) => kDirections[`${Boolean(listens)},${Boolean(talks)}`];

/**
 * Asks for lost sound packets again and for stereo, which browsers do only when the description says so. Descriptions
 * that look different stay as they are.
 */
export function with_better_opus(sdp) {
  const payload_type = /^a=rtpmap:(\d+) opus\/48000\/2\r?$/im.exec(sdp)?.[1];
  if (!payload_type) return sdp;
  const nack = `a=rtcp-fb:${payload_type} nack`;
  const fmtp = new RegExp(`^a=fmtp:${payload_type} [^\\r\\n]*`, "m");
  const stereo = sdp.replace(fmtp, (line) => (line.includes("stereo=") ? line : `${line};stereo=1`));
  if (new RegExp(`^${nack}\\r?$`, "m").test(stereo)) return stereo;
  return stereo.replace(new RegExp(`^(a=rtpmap:${payload_type} [^\\r\\n]*)(\\r?\\n)`, "m"), `$1$2${nack}$2`);
}

/** The audio of one RTCPeerConnection. */
export class Sound {
  #pc;
  #listens = false;
  #track = null;
  #talked = false;

  constructor(pc) {
    this.#pc = pc;
  }

  /** What the person wants: to hear, and the microphone's track to send (null: says nothing). */
  want(listens, track) {
    this.#listens = listens;
    this.#track = track;
    this.#talked ||= track !== null;
    this.#transceiver()?.sender.replaceTrack(track).catch(() => {}); // a closed connection says nothing either
  }

  /** Before our offer: a camera that can do either gets a section, even if it stays silent for now. */
  prepare({ audio, talk }) {
    if ((audio || talk) && !this.#transceiver()) this.#pc.addTransceiver("audio", { direction: "inactive" });
    this.#aim(audio, talk);
  }

  /** After the camera's offer, before our answer. */
  adopt() {
    const offered = this.#transceiver();
    if (offered) offered.direction = direction_of(this.#listens, this.#talked);
  }

  /** True when a new offer is needed for what is wanted now. Talking once keeps the way open for the next time. */
  differs({ audio, talk }) {
    const transceiver = this.#transceiver();
    return Boolean(transceiver) && transceiver.direction !== this.#aimed(audio, talk);
  }

  #aimed(audio, talk) {
    return direction_of(this.#listens && audio, this.#talked && talk);
  }

  #aim(audio, talk) {
    const transceiver = this.#transceiver();
    if (!transceiver) return;
    transceiver.direction = this.#aimed(audio, talk);
    transceiver.sender.replaceTrack(this.#track).catch(() => {});
  }

  #transceiver() {
    return this.#pc.getTransceivers().find(({ receiver }) => receiver.track.kind === "audio");
  }
}
