// RESULTS.md from bench/results/*.json: each figure with the command that measures it again.
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root } from '../../tests/browser/harness/paths.mjs';

const folder = join(root, 'bench/results');
const files = readdirSync(folder).filter((file) => file.endsWith('.json')).sort();
const rows = files.flatMap((file) => {
  const figures = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  return Object.entries(figures).map(([name, value]) => `| \`${name}\` | ${value ?? 'unknown'} | \`bench/${file.replace('.json', '')}\` |`);
});
console.log(`# Measured figures

On ${cpus().length} × ${cpus()[0].model.trim()}, ${new Date().toISOString().slice(0, 10)}. \`bench/run-all\` writes this file again.

| figure | value | command |
|---|---|---|
${rows.join('\n')}`);
