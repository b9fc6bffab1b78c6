// perchctl, asking the agent under test.
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { perchd_path } from './paths.mjs';

const program = process.env.PERCHCTL ?? join(dirname(perchd_path), 'perchctl');

/** Runs perchctl against `perchd`: {code, out, err}. */
export function perchctl(perchd, ...words) {
  const args = [...words, '--socket', perchd.config.control.socket];
  return new Promise((resolve) => {
    execFile(program, args, { encoding: 'utf8', timeout: 20_000 }, (error, out, err) => resolve({ code: error ? (error.code ?? 'killed') : 0, out, err }));
  });
}

/** The same for commands that must do and answer in JSON. */
export async function perchctl_json(perchd, ...words) {
  const { code, out, err } = await perchctl(perchd, ...words, '--json');
  if (code !== 0) throw new Error(`perchctl ${words.join(' ')}: exit ${code}: ${err}`);
  return JSON.parse(out);
}
