// What a viewer went through while the network was impaired, from the frames and statistics a page wrote down.
import { median, percentile } from './figures.mjs';

/** A picture that is older than this is not live any more [ms]. */
export const kLive_ms = 200;
/** Without a new frame for so long a person sees a picture that stands still [ms]. */
export const kFreeze_ms = 500;
/** Longer than that nobody believes it will go on [ms]. */
const kBroken_ms = 1000;
/** So long all must be well before it counts as well again [ms]. */
const kStable_ms = 2000;

/** Times between frames on screen within [from, to], [{from, length}] in ms; the last picture before and the end bound the first and last. */
export function gaps(frames, from, to) {
  const before = frames.filter(({ at }) => at <= from).at(-1)?.at ?? from;
  const marks = [before, ...frames.map(({ at }) => at).filter((at) => at > from && at < to), to];
  return marks.slice(1).map((at, i) => ({ from: marks[i], length: at - marks[i] }));
}

/**
 * How long after `from` the picture is live again and stays so [ms]; 0 when it always was, null when not before `to`.
 * A frame is not live when it is old or comes after more than a second without any; frames without readable bar code say
 * nothing.
 */
export function recovery_ms(frames, from, to) {
  let well_since = from;
  let last = frames.filter(({ at }) => at <= from).at(-1)?.at ?? from;
  for (const { at, latency } of frames.filter((frame) => frame.at > from && frame.at < to)) {
    const well = latency === null || latency < kLive_ms;
    const frozen = at - last > kBroken_ms;
    if (well_since !== null && !frozen && at - well_since >= kStable_ms) return well_since - from;
    if (!well) well_since = null;
    else if (well_since === null || frozen) well_since = at;
    last = at;
  }
  return null;
}

/** How long after `from` pictures move again [ms]: the first frame that ten more follow within a second; null for never. */
export function back_ms(frames, from) {
  const later = frames.map(({ at }) => at).filter((at) => at >= from);
  const first = later.find((at, i) => later[i + 10] - at <= 1000);
  return first === undefined ? null : first - from;
}

/** All of [from, to]: {longest_ms, freezes, frozen_ms, fps, latency_median, latency_p95, kbps}; NaN where nothing is known. */
export function summary({ frames, stats }, from, to) {
  const inside = ({ at }) => at >= from && at < to;
  const freezes = gaps(frames, from, to).filter(({ length }) => length > kFreeze_ms);
  const latencies = frames.filter(inside).map(({ latency }) => latency).filter((latency) => latency !== null);
  const rates = receive_rates(stats).filter(inside);
  return {
    longest_ms: Math.max(...gaps(frames, from, to).map(({ length }) => length)),
    freezes: freezes.length,
    frozen_ms: freezes.reduce((sum, { length }) => sum + length, 0),
    fps: (frames.filter(inside).length * 1000) / (to - from),
    latency_median: median(latencies),
    latency_p95: percentile(latencies, 95),
    kbps: rates.reduce((sum, { kbps }) => sum + kbps, 0) / rates.length,
  };
}

/** [{at, kbps}] between each two statistics; a new connection counts from zero again, and that step is left out. */
export function receive_rates(stats) {
  return stats
    .slice(1)
    .map((now, i) => ({ at: now.at, bits: 8 * (now.bytes - stats[i].bytes), ms: now.at - stats[i].at }))
    .filter(({ bits }) => bits >= 0)
    .map(({ at, bits, ms }) => ({ at, kbps: bits / ms }));
}
