// clang-tidy over the tree's own sources, two at a time; what was clean before and has not changed is not looked at again.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';

const kParallel = 2;
const [root, build] = process.argv.slice(2, 4).map((path) => resolve(path));
const with_tests = process.argv.includes('--all');
// The static analyzer takes half of the time when it follows every path through every call; shallow, it looks at fewer.
const deep = process.argv.includes('--deep');
const analysis = deep ? [] : ['-Xclang', '-analyzer-config', '-Xclang', 'mode=shallow'];
const named = process.argv.slice(4).filter((word) => !word.startsWith('--')).map((path) => resolve(path));
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'perch/tidy');
const tool = 'clang-tidy';

const is_test = (path) => path.startsWith(join(root, 'tests/'));
const is_ours = (path) => path.startsWith(`${root}/`) && !path.startsWith(`${root}/build/`);

const is_wanted = (file) => (named.length > 0 ? named.includes(file) : is_ours(file) && (with_tests || !is_test(file)));

/** Source -> files of ours it includes, as ninja recorded them when it compiled. */
function dependencies() {
  const text = execFileSync('ninja', ['-C', build, '-t', 'deps'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const found = new Map();
  for (const block of text.split('\n\n')) {
    const files = block.split('\n').slice(1).map((line) => resolve(build, line.trim())).filter(is_ours);
    if (files.length > 0) found.set(files[0], files.sort());
  }
  return found;
}

/** The fingerprint of everything the verdict on this source depends on. */
function fingerprint({ file, command }, files, version) {
  const hash = createHash('sha256').update(version).update(deep ? 'deep' : '').update(command.replaceAll(root, ''));
  const settings = [join(root, '.clang-tidy'), ...(is_test(file) ? [join(root, 'tests/.clang-tidy')] : [])];
  for (const path of [...settings, file, ...files]) hash.update(path.slice(root.length)).update(readFileSync(path));
  return hash.digest('hex');
}

/** The command without the compiler's precompiled header: GCC's is of no use to clang, which refuses it. */
const without_precompiled = (command) => command.replace(/ -Winvalid-pch| -include \S*cmake_pch\.hxx/g, '');

/** A compilation database of one plain command for each source (clang-tidy examines a source once for every entry it finds). */
function write_commands(sources) {
  const folder = join(build, 'tidy');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'compile_commands.json'), JSON.stringify(sources));
  return folder;
}

/** Complaints about one source; empty when it is clean. */
function examine(file, database) {
  // GCC's own warning names mean nothing to clang, and that is no finding.
  const args = ['-p', database, '--quiet', '--warnings-as-errors=*', '--extra-arg=-Wno-unknown-warning-option', ...analysis.map((word) => `--extra-arg=${word}`), file];
  return new Promise((done) => {
    execFile('nice', [tool, ...args], { maxBuffer: 1 << 26 }, (error, stdout, stderr) => done(error ? stdout || stderr : ''));
  });
}

async function main() {
  const version = execFileSync(tool, ['--version'], { encoding: 'utf8' });
  const recorded = dependencies();
  const commands = JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8')).filter(({ file }) => is_wanted(file));
  // A source may be part of several programs; looking at it once is enough.
  const sources = [...new Map(commands.reverse().map((entry) => [entry.file, { ...entry, command: without_precompiled(entry.command) }])).values()].reverse();
  const database = write_commands(sources);
  mkdirSync(cache, { recursive: true });
  const stamped = sources.map((source) => ({ ...source, stamp: join(cache, fingerprint(source, recorded.get(source.file) ?? [], version)) }));
  const queue = stamped.filter(({ stamp }) => !existsSync(stamp));
  console.log(`${sources.length} sources, ${queue.length} new or changed`);
  let unclean = 0;
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const complaints = await examine(next.file, database);
      if (!complaints) writeFileSync(next.stamp, '');
      else {
        unclean++;
        console.log(`${relative(root, next.file)}:\n${complaints}`);
      }
    }
  };
  await Promise.all(Array.from({ length: kParallel }, worker));
  console.log(`${unclean} sources with findings`);
  process.exitCode = unclean > 0 ? 1 : 0;
}

await main();
