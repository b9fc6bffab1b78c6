// Turns two successive RTCStatsReports into the figures of the statistics overlay.

const by_type = (report, type) => [...report.values()].filter((one) => one.type === type);

/** The few counters we need, out of a report (W3C webrtc-stats). `at` in milliseconds; missing values are undefined. */
export function sample_of(report) {
  const video = by_type(report, "inbound-rtp").find((one) => one.kind === "video") ?? {};
  const transport = by_type(report, "transport")[0] ?? {};
  const pairs = by_type(report, "candidate-pair");
  const pair =
    pairs.find((one) => one.id === transport.selectedCandidatePairId) ??
    pairs.find((one) => one.selected || (one.nominated && one.state === "succeeded")) ?? {};
  return {
    at: video.timestamp,
    frames: video.framesDecoded,
    bytes: video.bytesReceived,
    packets: video.packetsReceived,
    lost: video.packetsLost,
    width: video.frameWidth,
    height: video.frameHeight,
    buffer_s: video.jitterBufferDelay,
    emitted: video.jitterBufferEmittedCount,
    rtt_s: pair.currentRoundTripTime,
    local: report.get?.(pair.localCandidateId)?.candidateType,
    remote: report.get?.(pair.remoteCandidateId)?.candidateType,
    codec: report.get?.(video.codecId)?.mimeType?.replace("video/", ""),
  };
}

const is_number = (value) => typeof value === "number" && Number.isFinite(value);
const delta = (now, before, name) =>
  is_number(now[name]) && is_number(before[name]) ? now[name] - before[name] : undefined;
const ratio = (part, whole) => (is_number(part) && is_number(whole) && whole > 0 ? part / whole : undefined);

/** `{fps, bitrate [bit/s], loss [0..1], rtt_ms, buffer_ms, width, height, path, codec}` between two samples. */
export function figures_between(before, now) {
  const seconds = (delta(now, before, "at") ?? 0) / 1000;
  const lost = delta(now, before, "lost");
  const received = delta(now, before, "packets");
  const scaled = (value, factor) => (is_number(value) ? value * factor : undefined);
  return {
    fps: ratio(delta(now, before, "frames"), seconds),
    bitrate: scaled(ratio(delta(now, before, "bytes"), seconds), 8),
    // packetsLost may fall when a late packet arrives (RFC 3550 §6.4.1).
    loss: ratio(Math.max(0, lost ?? NaN), (lost ?? 0) + (received ?? 0)),
    rtt_ms: scaled(now.rtt_s, 1000),
    buffer_ms: scaled(ratio(delta(now, before, "buffer_s"), delta(now, before, "emitted")), 1000),
    width: now.width,
    height: now.height,
    codec: now.codec,
    path: now.local && now.remote ? `${now.local} – ${now.remote}` : undefined,
  };
}

const shown = (value, write) => (is_number(value) ? write(value) : "–");

/** Rows [label, text] for the overlay; `latency_ms` is glass to glass, undefined when the camera's clock is unknown. */
export function stats_rows(figures, latency_ms) {
  const ms = (value) => shown(value, (v) => `${v.toFixed(v < 10 ? 1 : 0)} ms`);
  return [
    ["Picture", figures.width ? `${figures.width} × ${figures.height}` : "–"],
    ["Frame rate", shown(figures.fps, (v) => `${v.toFixed(1)} fps`)],
    ["Bitrate", shown(figures.bitrate, (v) => (v >= 1e6 ? `${(v / 1e6).toFixed(2)} Mbit/s` : `${(v / 1e3).toFixed(0)} kbit/s`))],
    ["Loss", shown(figures.loss, (v) => `${(100 * v).toFixed(1)} %`)],
    ["Round trip", ms(figures.rtt_ms)],
    ["Jitter buffer", ms(figures.buffer_ms)],
    ["Glass to glass", ms(latency_ms)],
    ["Path", figures.path ?? "–"],
    ["Codec", figures.codec ?? "–"],
  ];
}
