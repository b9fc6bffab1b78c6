// The frame of a browser test: one world, one outcome, facts printed as they are seen.
import { join } from 'node:path';
import { picture_fault, frame_numbers } from './figures.mjs';
import { artifacts_dir } from './paths.mjs';
import { with_world } from './world.mjs';

/** Runs `body(world)`; exits 0, or 1 with the reason, log tails and the place of the logs. */
export async function browser_test(name, body) {
  try {
    await with_world(name, body);
    console.log(`${name}: ok`);
    process.exit(0);
  } catch (error) {
    console.error(`${name}: FAILED: ${error.stack.includes(error.message) ? error.stack : error.message}`);
    process.exit(1);
  }
}

export const fact = (words) => console.log(`  ${words}`);

export const artifact = (file) => join(artifacts_dir, file);

export function expect(condition, words) {
  if (!condition) throw new Error(`expected ${words}`);
}

/** The samples show live, moving, readable pictures; throws with the reason otherwise. */
export function expect_moving_pictures(samples) {
  const fault = picture_fault(samples, { bar_code: true });
  expect(!fault, `moving pictures, but ${fault}`);
  return frame_numbers(samples);
}

/** The longest time between two presented frames [ms]. */
export function longest_gap(samples) {
  return Math.max(0, ...samples.slice(1).map((sample, i) => sample.at - samples[i].at));
}
