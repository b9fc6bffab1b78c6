// What a page is told to observe about its picture: bar code, latency, motion. These functions run inside the page.

/**
 * Starts observing the video of player `index`; leaves `window.__probe`. Per presented frame a sample:
 * {at: performance.now() [ms], frame, latency: capture stamp -> readable here [ms] (null without a bar code),
 *  capture_latency: the same by RTP capture time [ms] (null where unknown), motion: mean change of a thumbnail [0..255]}.
 */
export function install_probe({ index = 0, motion = true } = {}) {
  const video = window.__perch.players[index].video;
  const code = canvas_of(32, 2);
  const thumbnail = canvas_of(32, 18);
  const probe = { samples: [], size: '', clock_offset: -Infinity, stopped: false };
  let previous = null;

  function canvas_of(width, height) {
    const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d', { willReadFrequently: true });
    context.imageSmoothingEnabled = false;
    return context;
  }

  // Cells shrink to one pixel each, taken at their centres because smoothing is off.
  function read_bar_code() {
    const cell = Math.max(8, Math.floor(video.videoWidth / 64)) & ~1;
    code.drawImage(video, 0, 0, 32 * cell, 2 * cell, 0, 0, 32, 2);
    const pixels = code.getImageData(0, 0, 32, 2).data;
    const number = (from, count) => {
      let value = 0;
      for (let i = from; i < from + count; i++) value = value * 2 + (pixels[4 * i + 1] >= 128 ? 1 : 0);
      return value;
    };
    const stamp_ms = number(0, 32);
    const frame = number(32, 16);
    const check = (frame * 40503 + (stamp_ms % 65536) * 30011 + 0x5a5a) % 65536;
    return check === number(48, 16) ? { stamp_ms, frame } : null;
  }

  // Date.now() is whole milliseconds: just after a tick it is exact, so the largest difference seen is the clock's offset.
  function wall_clock() {
    const now = performance.now();
    probe.clock_offset = Math.max(probe.clock_offset, Date.now() - now);
    return now + probe.clock_offset;
  }

  // The stamp is the low 32 bits, cut to whole milliseconds: half of one is its mean error.
  function latency_of(stamp_ms, wall) {
    const age = (((wall - stamp_ms) % 2 ** 32) + 2 ** 32) % 2 ** 32;
    return (age > 2 ** 31 ? age - 2 ** 32 : age) - 0.5;
  }

  function motion_now() {
    thumbnail.drawImage(video, 0, 0, 32, 18);
    const pixels = thumbnail.getImageData(0, 0, 32, 18).data;
    let change = 0;
    if (previous) for (let i = 0; i < pixels.length; i++) change += Math.abs(pixels[i] - previous[i]);
    previous = pixels;
    return change / (32 * 18 * 3);
  }

  function on_frame(_, metadata) {
    if (probe.stopped) return;
    video.requestVideoFrameCallback(on_frame);
    const bars = read_bar_code();
    const wall = wall_clock();
    const at = performance.now();
    probe.size = `${video.videoWidth}x${video.videoHeight}`;
    probe.samples.push({
      at,
      frame: bars?.frame ?? null,
      latency: bars ? latency_of(bars.stamp_ms, wall) : null,
      capture_latency: metadata.captureTime ? at - metadata.captureTime : null,
      motion: motion ? motion_now() : 0,
    });
  }

  window.__probe?.stop();
  probe.stop = () => (probe.stopped = true);
  for (let i = 0; i < 2000; i++) wall_clock();
  video.requestVideoFrameCallback(on_frame);
  window.__probe = probe;
}

/** All text on the page that a person could read, shadow roots included. */
export function visible_text() {
  const texts = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) texts.push(node.textContent);
    if (node.nodeType === Node.ELEMENT_NODE) {
      const style = getComputedStyle(node);
      if (['SCRIPT', 'NOSCRIPT', 'STYLE', 'TEMPLATE'].includes(node.tagName) || style.display === 'none' || style.visibility === 'hidden') return;
      if (node.shadowRoot) node.shadowRoot.childNodes.forEach(walk);
    }
    node.childNodes.forEach(walk);
  };
  walk(document.body);
  return texts.join(' ').replace(/\s+/g, ' ').trim();
}

/** A browser that cannot receive H.264, as Firefox without its plug-in: the codec goes from capabilities and from offers. */
export function without_h264() {
  const capabilities = RTCRtpReceiver.getCapabilities.bind(RTCRtpReceiver);
  RTCRtpReceiver.getCapabilities = (kind) => {
    const all = capabilities(kind);
    return all && { ...all, codecs: all.codecs.filter((codec) => !/h264/i.test(codec.mimeType)) };
  };
  const add = RTCPeerConnection.prototype.addTransceiver;
  RTCPeerConnection.prototype.addTransceiver = function (...args) {
    const transceiver = add.apply(this, args);
    const kind = typeof args[0] === 'string' ? args[0] : args[0].kind;
    if (kind === 'video') transceiver.setCodecPreferences(RTCRtpReceiver.getCapabilities('video').codecs);
    return transceiver;
  };
}

/** A browser on a network where only relayed paths work. */
export function relay_only() {
  const Original = RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(configuration = {}) {
      super({ ...configuration, iceTransportPolicy: 'relay' });
    }
  };
}

/** As relay_only, and of the camera's candidates only relayed ones are heard of. */
export function relay_only_on_both_sides() {
  const Original = RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(configuration = {}) {
      super({ ...configuration, iceTransportPolicy: 'relay' });
    }
    setRemoteDescription(description) {
      const sdp = description.sdp.split('\r\n').filter((line) => !/^a=candidate/.test(line) || / typ relay/.test(line));
      return super.setRemoteDescription({ type: description.type, sdp: sdp.join('\r\n') });
    }
    addIceCandidate(candidate) {
      const heard = !candidate?.candidate || / typ relay/.test(candidate.candidate);
      return heard ? super.addIceCandidate(candidate) : Promise.resolve();
    }
  };
}
