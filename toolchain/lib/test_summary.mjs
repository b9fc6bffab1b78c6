// What CTest's JUnit files say, for people: failures, the reason of every skip, and the one line that counts.
import { readFileSync } from 'node:fs';

const entities = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&', '#10': '\n', '#13': '\r' };
const plain = (text) => text.replace(/&([a-z]+|#\d+);/g, (whole, name) => entities[name] ?? whole);
const attribute = (tag, name) => plain(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

/** Every test case of a file: {name, outcome: passed | failed | skipped, output}. */
function cases(path) {
  const xml = readFileSync(path, 'utf8');
  return [...xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(([, tag, body = '']) => ({
    name: attribute(tag, 'name'),
    outcome: outcome(attribute(tag, 'status'), body),
    output: plain(/<system-out>([\s\S]*?)<\/system-out>/.exec(body)?.[1] ?? ''),
  }));
}

// Skipped is what a test said of itself (exit code 77, or GoogleTest's mark) or what is disabled in the tree. CTest also
// writes <skipped> for a program that is missing or could not be started: that is a failure.
function outcome(status, body) {
  const skip = /<skipped\b[^>]*message="([^"]*)"/.exec(body)?.[1];
  if (status === 'disabled' || (skip && /^SKIP_/.test(skip))) return 'skipped';
  return status === 'run' ? 'passed' : 'failed';
}

function reason({ output }) {
  const lines = output.split('\n').map((line) => line.trim()).filter(Boolean);
  return lines.find((line) => /skip/i.test(line) && !line.startsWith('[')) ?? lines.find((line) => !line.startsWith('[')) ?? 'it does not say why';
}

const all = process.argv.slice(2).flatMap(cases);
const of = (wanted) => all.filter((test) => test.outcome === wanted);
for (const test of of('skipped')) console.log(`skipped  ${test.name}: ${reason(test)}`);
for (const test of of('failed')) console.log(`failed   ${test.name}${test.output.trim() ? '' : ': it left no output'}`);
console.log(`${of('passed').length} passed, ${of('failed').length} failed, ${of('skipped').length} skipped`);
process.exitCode = of('failed').length > 0 || all.length === 0 ? 1 : 0;
