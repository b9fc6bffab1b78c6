// Runs libFuzzer programs one after the other: so many CPU minutes each, then the corpus is merged and the effort noted.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pack, unpack } from './fuzz_pack.mjs';

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
const corpus_dir = join(root, 'tests/fuzz/corpus');
const effort_file = join(root, 'tests/fuzz/effort.json');
const kTicksPerSecond = 100; // USER_HZ, the same on every Linux
const kLargestInput = 4096; // [bytes]
const kLargestPack = 96 * 1024; // of one target in the tree [bytes]: the smallest inputs stay
// Time is the clock's, and at this priority the clock says little.
const kLimits = ['-timeout=120', '-report_slow_units=120', '-rss_limit_mb=2048', `-max_len=${kLargestInput}`, '-print_final_stats=1', '-verbosity=1'];

const { values, positionals } = parseArgs({ options: { minutes: { type: 'string' } }, allowPositionals: true });
const budget_s = Number(values.minutes) * 60;
if (!(budget_s > 0)) throw new Error('--minutes: a number over 0 is wanted');

const find_program = (name) => {
  const folders = readdirSync(join(root, 'build/fuzz/tests/fuzz'));
  return folders.map((folder) => join(root, 'build/fuzz/tests/fuzz', folder, `${name}_fuzz`)).find(existsSync);
};

/** User and system time so far [s]; null when it has ended. */
function cpu_s(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / kTicksPerSecond;
  } catch {
    return null;
  }
}

/** Explores for `seconds` of CPU time; libFuzzer ends gracefully on SIGUSR1. */
function explore(program, work, seconds) {
  const args = ['-n', '19', program, ...kLimits, `-artifact_prefix=${work}/artifact-`, `${work}/corpus`];
  const child = spawn('nice', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let used = 0;
  let told = '';
  child.stderr.on('data', (text) => (told = (told + text).slice(-20_000)));
  const timer = setInterval(() => {
    used = cpu_s(child.pid) ?? used;
    if (used >= seconds) child.kill('SIGUSR1');
  }, 200);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill('SIGUSR1'));
  return new Promise((done) =>
    child.on('close', (code) => {
      clearInterval(timer);
      done({ code, used, told });
    }),
  );
}

function prepare(name) {
  const work = mkdtempSync(join(tmpdir(), `perch-fuzz-${name}-`));
  mkdirSync(join(work, 'corpus'));
  const kept = join(corpus_dir, name);
  mkdirSync(kept, { recursive: true });
  for (const file of readdirSync(kept)) {
    if (file === 'found.pack') unpack(readFileSync(join(kept, file))).forEach((input, i) => writeFileSync(join(work, 'corpus', `found-${i}`), input));
    else copyFileSync(join(kept, file), join(work, 'corpus', file));
  }
  return work;
}

/** The few inputs that together reach what all of them reach, smallest first, as far as the pack's limit allows. */
function keep_found(program, work, name) {
  mkdirSync(join(work, 'merged'));
  const merge = spawnSync('nice', ['-n', '19', program, '-set_cover_merge=1', ...kLimits, `${work}/merged`, `${work}/corpus`], { encoding: 'utf8' });
  if (merge.status !== 0) throw new Error(`${name}: the corpus cannot be merged\n${merge.stderr.slice(-2000)}`);
  const by_hand = new Set(readdirSync(join(corpus_dir, name)).filter((file) => file !== 'found.pack').map((file) => readFileSync(join(corpus_dir, name, file), 'latin1')));
  const files = readdirSync(join(work, 'merged')).map((file) => join(work, 'merged', file));
  const inputs = files.sort((a, b) => statSync(a).size - statSync(b).size || (a < b ? -1 : 1)).map((file) => readFileSync(file));
  let room = kLargestPack;
  const found = inputs.filter((input) => !by_hand.has(input.toString('latin1')) && (room -= input.length + 4) >= 0);
  const file = join(corpus_dir, name, 'found.pack');
  if (found.length > 0) {
    writeFileSync(`${file}.new`, pack(found));
    renameSync(`${file}.new`, file);
  }
  return found.length;
}

function note_effort(name, used_s, executions, found) {
  const effort = existsSync(effort_file) ? JSON.parse(readFileSync(effort_file, 'utf8')) : {};
  const before = effort[name] ?? { cpu_minutes: 0, executions: 0 };
  effort[name] = {
    cpu_minutes: Math.round((before.cpu_minutes + used_s / 60) * 10) / 10,
    executions: before.executions + executions,
    inputs_found: found,
  };
  writeFileSync(effort_file, `${JSON.stringify(effort, Object.keys(effort).sort().concat('cpu_minutes', 'executions', 'inputs_found'), 1)}\n`);
  return effort[name];
}

/** True when nothing broke. */
async function fuzz(name) {
  const program = find_program(name);
  if (!program) throw new Error(`${name}_fuzz is not built`);
  const work = prepare(name);
  const { code, used, told } = await explore(program, work, budget_s);
  const executions = Number(/number_of_executed_units: (\d+)/.exec(told)?.[1] ?? 0);
  const broken = readdirSync(work).filter((file) => file.startsWith('artifact-'));
  for (const file of broken) copyFileSync(join(work, file), join(corpus_dir, name, file.replace('artifact-', '')));
  const found = keep_found(program, work, name);
  rmSync(work, { recursive: true });
  const { cpu_minutes } = note_effort(name, used, executions, found);
  console.log(`${name}: ${Math.round(used)} s of CPU (${cpu_minutes} minutes in all), ${executions} executions, ${found} inputs kept${broken.length ? `, BROKEN: ${broken.join(' ')}` : ''}`);
  if (broken.length || code !== 0) console.log(told.slice(-6000));
  return broken.length === 0 && code === 0;
}

let good = true;
for (const name of positionals) good = (await fuzz(name)) && good;
process.exit(good ? 0 : 1);
