// One case of bench/rfc8867 as SVG: capacity and rates above, the queue below, over time.
const kWidth = 960;
const kLeft = 64;
const kRight = 20;
const kRates = { top: 64, height: 230 };
const kQueue = { top: 336, height: 110 };
const kHeight = 496;
const kColours = ['#1f6fb4', '#d1600a', '#2b8a3e', '#9b2fae', '#b8243c'];

export function plot(one) {
  const seconds = (one.capacity_kbps.length * one.step_ms) / 1000;
  const x = (step) => kLeft + ((step * one.step_ms) / 1000 / seconds) * (kWidth - kLeft - kRight);
  // A capacity far over all rates is left out of the picture.
  const highest = Math.max(...one.capacity_kbps.map((_, i) => one.flows_kbps.reduce((sum, flow) => sum + flow[i], 0)));
  const rate_axis = axis(kRates, Math.min(1.6 * highest, Math.max(...one.capacity_kbps, ...one.flows_kbps.flat())) / 1000);
  const queue_axis = axis(kQueue, Math.max(30, ...one.queue_ms));
  const mbps = (kbps) => rate_axis.y(Math.min(kbps / 1000, rate_axis.top));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${kWidth} ${kHeight}" width="${kWidth}" height="${kHeight}" font-family="sans-serif" font-size="13" fill="#222">
<rect width="100%" height="100%" fill="#fff"/>
<text x="${kLeft}" y="24" font-size="16">${escaped(one.title)}</text>
${legend(one.flows_kbps.length)}
${frame(kRates, rate_axis, 'rate, Mbit/s', seconds)}
${line(one.capacity_kbps, x, mbps, '#888', 2, true)}
${one.flows_kbps.map((flow, i) => line(flow, x, mbps, kColours[i % kColours.length], 1.5, false)).join('\n')}
${frame(kQueue, queue_axis, 'queue, ms', seconds)}
${line(one.queue_ms, x, queue_axis.y, '#444', 1.2, false)}
${time_labels(seconds)}
</svg>
`;
}

/** A scale from 0 to a round number over `highest`, with four or five marks. */
function axis(panel, highest) {
  const rough = highest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999);
  const top = Math.ceil((highest / step) * 0.999) * step;
  const marks = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
  return { top, marks, y: (value) => panel.top + panel.height * (1 - value / top) };
}

function frame(panel, { marks, y }, label, seconds) {
  const lines = marks.map((mark) => `<path d="M${kLeft} ${y(mark).toFixed(1)}H${kWidth - kRight}" stroke="#ddd"/><text x="${kLeft - 8}" y="${(y(mark) + 4).toFixed(1)}" text-anchor="end">${Number(mark.toFixed(3))}</text>`);
  const middle = panel.top + panel.height / 2;
  const ticks = time_marks(seconds).map((t) => `<path d="M${time_x(t, seconds)} ${panel.top}v${panel.height}" stroke="#eee"/>`);
  return `${ticks.join('')}${lines.join('')}<text transform="translate(16 ${middle}) rotate(-90)" text-anchor="middle">${label}</text>`;
}

function time_marks(seconds) {
  const step = seconds > 150 ? 50 : 20;
  return Array.from({ length: Math.floor(seconds / step + 0.01) + 1 }, (_, i) => i * step);
}

const time_x = (t, seconds) => (kLeft + (t / seconds) * (kWidth - kLeft - kRight)).toFixed(1);

function time_labels(seconds) {
  const bottom = kQueue.top + kQueue.height;
  const labels = time_marks(seconds).map((t) => `<text x="${time_x(t, seconds)}" y="${bottom + 18}" text-anchor="middle">${t}</text>`);
  return `${labels.join('')}<text x="${(kLeft + kWidth - kRight) / 2}" y="${bottom + 38}" text-anchor="middle">time, s</text>`;
}

function line(values, x, y, colour, width, stepped) {
  const points = values.map((value, i) => {
    const [px, py] = [x(i + (stepped ? 0 : 0.5)).toFixed(1), y(value).toFixed(1)];
    return i === 0 ? `M${px} ${py}` : stepped ? `H${px}V${py}` : `L${px} ${py}`;
  });
  const end = stepped ? `H${x(values.length).toFixed(1)}` : '';
  const dashes = stepped ? ' stroke-dasharray="6 3"' : '';
  return `<path d="${points.join('')}${end}" fill="none" stroke="${colour}" stroke-width="${width}"${dashes}/>`;
}

function legend(flows) {
  const names = ['capacity', ...Array.from({ length: flows }, (_, i) => (flows === 1 ? 'media' : `media ${i + 1}`))];
  return names
    .map((name, i) => {
      const left = kLeft + i * 110;
      const colour = i === 0 ? '#888' : kColours[(i - 1) % kColours.length];
      return `<path d="M${left} 44h26" stroke="${colour}" stroke-width="2"${i === 0 ? ' stroke-dasharray="6 3"' : ''}/><text x="${left + 32}" y="48">${name}</text>`;
    })
    .join('');
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
