// What a page is told to write down while the network is impaired: each frame on screen, and statistics twice a second.

/**
 * Starts observing player `index`; leaves `window.__observed`:
 * frames {at: unix time [ms] when a page can read the frame, latency: age of its bar code then [ms], null without one},
 * stats {at, bytes, decoded, freezes, lost, nacks, plis, key_frames, width}, of the connection in use at that moment.
 */
export function install_impaired_probe({ index = 0 } = {}) {
  const player = window.__perch.players[index];
  const { video } = player;
  const context = Object.assign(document.createElement('canvas'), { width: 32, height: 2 }).getContext('2d', { willReadFrequently: true });
  context.imageSmoothingEnabled = false;
  const observed = (window.__observed = { frames: [], stats: [] });
  let clock_offset = -Infinity;
  let last_rtp;

  // Date.now() is whole milliseconds: just after a tick it is exact, so the largest difference seen is the clock's offset.
  function unix_ms() {
    const now = performance.now();
    clock_offset = Math.max(clock_offset, Date.now() - now);
    return now + clock_offset;
  }

  function read_cells(cell) {
    context.drawImage(video, 0, 0, 32 * cell, 2 * cell, 0, 0, 32, 2);
    const pixels = context.getImageData(0, 0, 32, 2).data;
    const number = (from, count) => {
      let value = 0;
      for (let i = from; i < from + count; i++) value = value * 2 + (pixels[4 * i + 1] >= 128 ? 1 : 0);
      return value;
    };
    const [stamp, frame] = [number(0, 32), number(32, 16)];
    const check = (frame * 40503 + (stamp % 65536) * 30011 + 0x5a5a) % 65536;
    return check === number(48, 16) ? stamp : null;
  }

  // The code was drawn for the source's width; a sender may have made the whole picture smaller since.
  function read_stamp() {
    const drawn_for_this_width = Math.max(8, Math.floor(video.videoWidth / 64)) & ~1;
    return read_cells(drawn_for_this_width) ?? read_cells(video.videoWidth / 64);
  }

  function age_of(stamp, at) {
    if (stamp === null) return null;
    const age = (((at - stamp) % 2 ** 32) + 2 ** 32) % 2 ** 32;
    return (age > 2 ** 31 ? age - 2 ** 32 : age) - 0.5;
  }

  function on_frame(_, { rtpTimestamp }) {
    video.requestVideoFrameCallback(on_frame);
    // What a page shows while it begins a new call, black or the last picture once more, did not come over the network.
    if (rtpTimestamp === undefined || rtpTimestamp === last_rtp) return;
    last_rtp = rtpTimestamp;
    const at = unix_ms();
    observed.frames.push({ at, latency: age_of(read_stamp(), at) });
  }

  async function note_stats() {
    const report = await player.pc?.getStats();
    const inbound = [...(report?.values() ?? [])].find((s) => s.type === 'inbound-rtp' && s.kind === 'video');
    if (!inbound) return;
    const { bytesReceived, framesDecoded, freezeCount, packetsLost, nackCount, pliCount, keyFramesDecoded, frameWidth } = inbound;
    const counts = { bytes: bytesReceived, decoded: framesDecoded, freezes: freezeCount, lost: packetsLost };
    observed.stats.push({ at: unix_ms(), ...counts, nacks: nackCount, plis: pliCount, key_frames: keyFramesDecoded, width: frameWidth });
  }

  for (let i = 0; i < 2000; i++) unix_ms();
  video.requestVideoFrameCallback(on_frame);
  setInterval(note_stats, 500);
}
