// Where things lie in the tree, and which programs to drive; the environment may point elsewhere.
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const buildDir = resolve(root, process.env.PERCH_BUILD_DIR ?? 'build/release');
export const perchdPath = process.env.PERCHD ?? firstExisting(join(buildDir, 'perchd'), join(buildDir, 'agent/perchd'));
export const pageDir = join(root, 'signaling/viewer/dist');
export const artifactsDir = resolve(root, process.env.PERCH_ARTIFACTS ?? 'build/artifacts');

/** The first of these programs found on PATH (plus /usr/sbin, where Debian keeps mosquitto), or null. */
export function findProgram(...names) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (isExecutable(path)) return path;
    }
  }
  return null;
}

export const chromiumPath = () => process.env.PERCH_CHROMIUM ?? findProgram('chromium', 'chromium-browser', 'google-chrome');
export const firefoxPath = () => process.env.PERCH_FIREFOX ?? findProgram('firefox-esr', 'firefox');

function firstExisting(...paths) {
  return paths.find(existsSync) ?? paths[0];
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
