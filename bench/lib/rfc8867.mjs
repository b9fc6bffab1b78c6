// The congestion control cases of tests/sim as figures, a table and plots.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rounded, table, write_json } from '../../tests/browser/harness/figures.mjs';
import { build_dir } from '../../tests/browser/harness/paths.mjs';
import { plot } from './rfc8867_plot.mjs';

const kUsage = `usage: bench/rfc8867 [--seeds N (5)] [--json FILE] [--results FOLDER]

The cases of RFC 8867 5.1 to 5.8 and a few more with our controller and pacer, in a deterministic simulator in virtual time:
30 frames per second of N(1, 0.15) times the rate, the first one fourfold, 150 kbit/s to 1.5 Mbit/s, feedback every 50 ms.
Figures are medians over the seeds. --results keeps the table (rfc8867.md) and a plot per case (rfc8867/CASE.svg) there.`;

/** Measured for the same cases with simulators of the same kind: 30 fps, 1.5 Mbit/s maximum, 5 seeds (5.2, 5.4, losses: 1). */
const kOthers = [
  ['libwebrtc goog_cc (M77)', '89.0 %', '15 / 40', '0.40 %', '91 %, 93', '–', '92 / 86 / 37 %'],
  ['SCReAM v2', '92.3 %', '10 / 40', '0.16 %', '–', '–', '65 / 49 / 34 %'],
  ['50-line mini GCC', '82.7 %', '8.3 / 17.6', '0.26 %', '80 %, 24', '–', '81 / 64 / 19 %'],
  ['none, fixed 1.5 Mbit/s', '100 %', '203 / 299', '34 %', '–', '–', '–'],
];

const percent = (part, digits = 1) => `${(part * 100).toFixed(digits)} %`;
const ms = (first, second) => `${first.toFixed(1)} / ${second.toFixed(1)}`;

main();

function main() {
  const options = read_options();
  const cases = simulate(options.seeds);
  const fixed_pacing = simulate(options.seeds, 2.5);
  const rows = case_rows(cases);
  console.log(table(rows));
  const compared = compared_rows(cases, fixed_pacing);
  console.log(`\n${table(compared)}`);
  if (options.json) write_json(options.json, flat_figures(cases));
  if (options.results) keep(options.results, cases, rows, compared, frame_times(cases, fixed_pacing), options.seeds);
}

function read_options() {
  let values;
  try {
    ({ values } = parseArgs({ options: { seeds: { type: 'string', default: '5' }, json: { type: 'string' }, results: { type: 'string' }, help: { type: 'boolean' } } }));
  } catch (error) {
    fail(error.message);
  }
  if (values.help) {
    console.log(kUsage);
    process.exit(0);
  }
  values.seeds = Number(values.seeds);
  if (!Number.isInteger(values.seeds) || values.seeds < 1) fail('--seeds: a whole number over 0 is wanted');
  return values;
}

function fail(words) {
  console.error(`bench/rfc8867: ${words}`);
  process.exit(2);
}

function simulate(seeds, pacing = 0) {
  const program = join(build_dir, 'rfc8867_sim');
  if (!existsSync(program)) fail('rfc8867_sim is not built: cmake --preset release && cmake --build --preset release');
  const run = spawnSync(program, [seeds, pacing].map(String), { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.status !== 0) fail(`rfc8867_sim failed: ${run.stderr}`);
  return JSON.parse(run.stdout);
}

function find(cases, name) {
  return cases.find((one) => one.name === name);
}

function case_rows(cases) {
  return [
    ['case', 'used', 'queue ms, mean / p95', 'lost', 'max/min', 'frame ms, mean / p95', 'slowest kbit/s', 'TCP kbit/s'],
    ...cases.map((one) => [
      one.name,
      percent(one.utilisation),
      ms(one.queue_mean_ms, one.queue_p95_ms),
      percent(one.loss, 2),
      one.flows_kbps.length > 1 ? one.fairness.toFixed(2) : '–',
      ms(one.frame_mean_ms, one.frame_p95_ms),
      one.least_kbps,
      one.tcp_kbps || '–',
    ]),
  ];
}

function compared_rows(cases, fixed_pacing) {
  const ours = (name, list) => {
    const [first, second, fourth] = ['5.1', '5.2', '5.4'].map((one) => find(list, one));
    const losses = ['loss-2', 'loss-5', 'loss-10'].map((one) => (find(list, one).utilisation * 100).toFixed(0)).join(' / ');
    return [
      name,
      percent(first.utilisation),
      ms(first.queue_mean_ms, first.queue_p95_ms),
      percent(first.loss, 2),
      `${(second.utilisation * 100).toFixed(0)} %, ${second.queue_p95_ms.toFixed(0)}`,
      fourth.fairness.toFixed(1),
      `${losses} %`,
    ];
  };
  return [
    ['', '5.1 used', 'queue ms, mean / p95', 'lost', '5.2 used, p95 ms', '5.4 max/min', '2 / 5 / 10 % random loss: used'],
    ours('Perch', cases),
    ours('Perch, always pacing at 2.5 times the target', fixed_pacing),
    ...kOthers,
  ];
}

function frame_times(...lists) {
  const [ours, fixed] = lists.map((list) => find(list, '5.1')).map((one) => ms(one.frame_mean_ms, one.frame_p95_ms));
  return `frames of 5.1 take ${ours} ms (mean / p95) with ours and ${fixed} ms with that`;
}

function flat_figures(cases) {
  const [one, two, four, six] = ['5.1', '5.2', '5.4', '5.6'].map((name) => find(cases, name));
  const used = (name) => rounded(find(cases, name).utilisation, 4);
  return {
    util_5_1: rounded(one.utilisation, 4),
    queue_mean_ms_5_1: rounded(one.queue_mean_ms, 2),
    queue_p95_ms_5_1: rounded(one.queue_p95_ms, 2),
    loss_5_1: rounded(one.loss, 5),
    up_step_slowest_ms_5_1: one.up_step_ms,
    util_5_1_jitter: used('5.1-jitter'),
    util_5_2: rounded(two.utilisation, 4),
    queue_p95_ms_5_2: rounded(two.queue_p95_ms, 2),
    fairness_5_4: rounded(four.fairness, 3),
    media_kbps_5_6: six.least_kbps,
    util_loss_2: used('loss-2'),
    util_loss_5: used('loss-5'),
    util_loss_10: used('loss-10'),
  };
}

function keep(folder, cases, rows, compared, frames, seeds) {
  mkdirSync(join(folder, 'rfc8867'), { recursive: true });
  for (const one of cases) writeFileSync(join(folder, 'rfc8867', `${one.name}.svg`), plot(one));
  writeFileSync(join(folder, 'rfc8867.md'), document_of(cases, rows, compared, frames, seeds));
}

function markdown(rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(rows[0]), line(rows[0].map(() => '---')), ...rows.slice(1).map(line)].join('\n');
}

function document_of(cases, rows, compared, frames, seeds) {
  const linked = rows.map((row, i) => (i === 0 ? row : [`[${row[0]}](rfc8867/${row[0]}.svg)`, ...row.slice(1)]));
  return `# Congestion control on modelled links

Medians of ${seeds} seeds; written by \`bench/rfc8867 --results bench/results\`, virtual time, the same on every machine.
*Used*: what arrived, headers included, of what link and sources could do. *Queue*: waiting in the network, per packet that
arrived. *Frame*: from the encoder to the last packet's arrival without the path's own delay, so pacer and queue together;
a frame that fills its interval takes 33 ms by itself. *max/min*: rates of the flows over the last 20 s. Random losses
happen in front of the queue.

${markdown(linked)}

${cases.map((one) => `- \`${one.name}\`: ${one.title}`).join('\n')}

## Beside others

The others were measured with simulators of the same kind and the same source, not with this one: read them as an order of
magnitude. Pacing at 2.5 times the target moves the queue from our pacer into the network and brings no frame sooner:
${frames}.

${markdown(compared)}
`;
}
