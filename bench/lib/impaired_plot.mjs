// One scenario of bench/impaired as SVG: received rate, frames per second and age of the picture over time, per camera.
import { receive_rates } from '../../tests/browser/harness/impaired_figures.mjs';

const kWidth = 960;
const kLeft = 64;
const kRight = 20;
const kHeight = 560;
const kPanelHeight = 130;
const kColours = ['#1f6fb4', '#d1600a'];
const kBefore_s = 5;
const kStep_s = 0.5;
/** Older pictures are drawn at the edge [ms]. */
const kOldest_ms = 2000;

/** `runs`: [{camera, frames, stats, from, to}]; time 0 is the beginning of the impairment. */
export function plot(scenario, runs) {
  const x = (s) => kLeft + ((s + kBefore_s) / (scenario.seconds + kBefore_s)) * (kWidth - kLeft - kRight);
  const panels = [
    { label: 'received, Mbit/s', top: 64, highest: 2.5, steps: 5, values: rates },
    { label: 'frames/s', top: 224, highest: 40, values: frame_rates },
    { label: 'age, ms', top: 384, highest: null, values: ages },
  ];
  const body = panels.map((panel) => draw_panel({ ...panel, highest: panel.highest ?? highest_age(runs) }, scenario, runs, x));
  const ticks = time_marks(scenario).map((s) => `<text x="${x(s).toFixed(1)}" y="532" text-anchor="middle">${s}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${kWidth} ${kHeight}" width="${kWidth}" height="${kHeight}" font-family="sans-serif" font-size="13" fill="#222">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${kLeft}" y="24" font-size="16">${scenario.about}</text>
${runs.map((run, i) => `<path d="M${kLeft + 130 * i} 44h26" stroke="${kColours[i]}" stroke-width="2"/><text x="${kLeft + 130 * i + 32}" y="48">${run.camera}</text>`).join('')}
${body.join('\n')}
${ticks.join('')}
<text x="${(kLeft + kWidth - kRight) / 2}" y="552" text-anchor="middle">time since the impairment began, s</text>
</svg>
`;
}

function time_marks({ seconds }) {
  return Array.from({ length: Math.floor(seconds / 5) + 2 }, (_, i) => 5 * (i - 1));
}

function draw_panel({ label, top, highest, steps = 4, values }, scenario, runs, x) {
  const y = (value) => top + kPanelHeight * (1 - Math.min(value, highest) / highest);
  const marks = Array.from({ length: steps + 1 }, (_, i) => (i * highest) / steps);
  const grid = marks.map((mark) => `<path d="M${kLeft} ${y(mark).toFixed(1)}H${kWidth - kRight}" stroke="#ddd"/><text x="${kLeft - 8}" y="${(y(mark) + 4).toFixed(1)}" text-anchor="end">${Number(mark.toFixed(2))}</text>`);
  const times = time_marks(scenario).map((s) => `<path d="M${x(s).toFixed(1)} ${top}v${kPanelHeight}" stroke="${s === 0 ? '#888' : '#eee'}"/>`);
  const lines = runs.map((run, i) => {
    const inside = values(run, scenario).filter(({ s }) => s >= -kBefore_s && s <= scenario.seconds);
    const path = inside.map(({ s, value }, n) => `${n === 0 ? 'M' : 'L'}${x(s).toFixed(1)} ${y(value).toFixed(1)}`).join('');
    return `<path d="${path}" fill="none" stroke="${kColours[i]}" stroke-width="1.4"/>`;
  });
  const title = `<text transform="translate(16 ${top + kPanelHeight / 2}) rotate(-90)" text-anchor="middle">${label}</text>`;
  return times.join('') + grid.join('') + lines.join('') + title;
}

const since = (run, at) => (at - run.from) / 1000;

function rates(run) {
  return receive_rates(run.stats).map(({ at, kbps }) => ({ s: since(run, at), value: kbps / 1000 }));
}

function frame_rates(run, { seconds }) {
  const count = Math.round((seconds + kBefore_s) / kStep_s);
  return Array.from({ length: count }, (_, i) => {
    const s = i * kStep_s - kBefore_s;
    const frames = run.frames.filter(({ at }) => since(run, at) >= s && since(run, at) < s + kStep_s).length;
    return { s: s + kStep_s / 2, value: frames / kStep_s };
  });
}

function ages(run) {
  return run.frames.filter(({ latency }) => latency !== null).map(({ at, latency }) => ({ s: since(run, at), value: Math.max(0, latency) }));
}

function highest_age(runs) {
  const oldest = Math.max(200, ...runs.flatMap((run) => ages(run).filter(({ s }) => s > -kBefore_s).map(({ value }) => value)));
  return Math.min(kOldest_ms, Math.ceil(oldest / 200) * 200);
}
