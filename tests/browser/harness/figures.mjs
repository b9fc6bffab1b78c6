// Figures from samples, tables for people and flat JSON for machines.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Nearest-rank percentile of numbers; NaN for none. */
export function percentile(numbers, percent) {
  if (numbers.length === 0) return NaN;
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1))];
}

/** The middle value, or the mean of the two middle ones. */
export function median(numbers) {
  if (numbers.length === 0) return NaN;
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

export const rounded = (number, digits = 1) => (Number.isFinite(number) ? Number(number.toFixed(digits)) : null);

/** Frames per second presented over the samples of a probe. */
export function frame_rate(samples) {
  if (samples.length < 2) return 0;
  return ((samples.length - 1) * 1000) / (samples.at(-1).at - samples[0].at);
}

/** Frame numbers seen in order: {first, last, distinct, skipped} (they wrap at 16 bits), or null without a bar code. */
export function frame_numbers(samples) {
  const numbers = samples.map(({ frame }) => frame).filter((frame) => frame !== null);
  if (numbers.length < 2) return null;
  const steps = numbers.slice(1).map((frame, i) => (frame - numbers[i] + 65536) % 65536);
  const skipped = steps.filter((step) => step > 1 && step < 32768).reduce((sum, step) => sum + step - 1, 0);
  return { first: numbers[0], last: numbers.at(-1), distinct: new Set(numbers).size, skipped };
}

/** A plain table: rows of cells, the first row being the heads. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const line = (row) => row.map((cell, column) => (column === 0 ? String(cell).padEnd(widths[0]) : String(cell).padStart(widths[column]))).join('  ').trimEnd();
  return [line(rows[0]), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.slice(1).map(line)].join('\n');
}

export function write_json(path, figures) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(figures, null, 2) + '\n');
}

/** Why the samples of a probe are not moving, decodable pictures; null when they are. `bar_code`: every source frame has one. */
export function picture_fault(samples, { bar_code }) {
  const moved = samples.filter(({ motion }) => motion > 0).length;
  if (moved < samples.length / 4) return `the picture stands still: ${moved} of ${samples.length} frames differ from the one before`;
  const bars = samples.filter(({ frame }) => frame !== null).length;
  if (!bar_code && bars === 0) return null;
  if (bars < 0.9 * samples.length) return `only ${bars} of ${samples.length} frames carry a readable bar code`;
  const { distinct } = frame_numbers(samples);
  if (distinct < 0.8 * bars) return `frame numbers do not advance: ${distinct} different ones in ${bars} frames`;
  return null;
}
