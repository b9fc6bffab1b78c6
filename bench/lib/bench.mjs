// What every bench shares: its options, its network namespace, its table and its flat JSON.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { table, write_json } from '../../tests/browser/harness/figures.mjs';
import { root } from '../../tests/browser/harness/paths.mjs';
import { with_world } from '../../tests/browser/harness/world.mjs';

const kInside = 'PERCH_BENCH_INSIDE';

/**
 * Runs `measure(world, options)`, prints its `rows` and writes its `figures`.
 * `defaults` are numeric options beside --json and --help, e.g. {joins: 20}; `about` is printed by --help.
 * The whole bench runs again inside toolchain/in-netns where that is possible: stacks treat the machine's own
 * interfaces in many ways, and figures must not depend on them.
 */
export async function bench(name, about, defaults, measure) {
  const options = read_options(name, about, defaults);
  enter_namespace(name);
  try {
    const { rows, figures, notes = [] } = await with_world(`bench-${name}`, (world) => measure(world, options));
    console.log(`\n${table(rows)}`);
    for (const note of notes) console.log(note);
    if (options.json) write_json(options.json, figures);
    process.exit(0);
  } catch (error) {
    console.error(`bench/${name}: ${error.message}`);
    process.exit(1);
  }
}

export const progress = (words) => process.stderr.write(`  ${words}\n`);

function read_options(name, about, defaults) {
  const numbers = Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, { type: 'string', default: String(value) }]));
  let values;
  try {
    ({ values } = parseArgs({ options: { ...numbers, json: { type: 'string' }, help: { type: 'boolean' } } }));
  } catch (error) {
    fail(name, error.message);
  }
  if (values.help) {
    const flags = Object.entries(defaults).map(([key, value]) => `[--${key} N (${value})]`);
    console.log(`usage: bench/${name} ${flags.join(' ')} [--json FILE]\n\n${about}`);
    process.exit(0);
  }
  for (const key of Object.keys(defaults)) {
    values[key] = Number(values[key]);
    if (!(values[key] > 0)) fail(name, `--${key}: a number over 0 is wanted`);
  }
  return values;
}

function enter_namespace(name) {
  if (process.env[kInside]) return;
  const in_netns = join(root, 'toolchain/in-netns');
  const check = spawnSync(in_netns, ['--check'], { encoding: 'utf8' });
  if (check.status !== 0) {
    console.error(`bench/${name}: measured in this machine's own network (${check.stderr.trim()})`);
    return;
  }
  const env = { ...process.env, [kInside]: '1' };
  const again = spawnSync(in_netns, [process.execPath, ...process.argv.slice(1)], { stdio: 'inherit', env });
  process.exit(again.status ?? 1);
}

function fail(name, words) {
  console.error(`bench/${name}: ${words}`);
  process.exit(2);
}
