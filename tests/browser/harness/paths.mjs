// Where things lie in the tree, and which programs to drive; the environment may point elsewhere.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const build_dir = resolve(root, process.env.PERCH_BUILD_DIR ?? 'build/release');
/** The programs there watch over themselves (ASan, TSan): slower, and larger. */
export const is_sanitized = () => /^PERCH_SANITIZE:STRING=\w/m.test(readFileSync(join(build_dir, 'CMakeCache.txt'), 'utf8'));
export const perchd_path = process.env.PERCHD ?? first_existing(join(build_dir, 'perchd'), join(build_dir, 'agent/perchd'));
export const perchctl_path = join(dirname(perchd_path), 'perchctl');
/** What perchd is started by, as in PERCH_UNDER=tests/system/under_unit_filter; usually nothing. */
export const perchd_under = process.env.PERCH_UNDER ? [resolve(root, process.env.PERCH_UNDER)] : [];
/** The path of one of our programs for tests and benches; throws with the way to build it when it is not there. */
export function built_program(name) {
  const path = join(build_dir, name);
  if (!existsSync(path)) throw new Error(`${path} is not built: cmake --build --preset release --target ${name}`);
  return path;
}

export const page_dir = join(root, 'signaling/viewer/dist');
export const artifacts_dir = resolve(root, process.env.PERCH_ARTIFACTS ?? 'build/artifacts');

/** The first of these programs found on PATH (plus /usr/sbin, where Debian keeps mosquitto), or null. */
export function find_program(...names) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (is_executable(path)) return path;
    }
  }
  return null;
}

export const chromium_path = () => process.env.PERCH_CHROMIUM ?? find_program('chromium', 'chromium-browser', 'google-chrome');
export const firefox_path = () => process.env.PERCH_FIREFOX ?? find_program('firefox-esr', 'firefox');

function first_existing(...paths) {
  return paths.find(existsSync) ?? paths[0];
}

function is_executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
