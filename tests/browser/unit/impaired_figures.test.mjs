// Freezes, recovery and return from the frames a page saw: made-up pages, known answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { back_ms, gaps, receive_rates, recovery_ms, summary } from '../harness/impaired_figures.mjs';

/** 25 frames per second in [from, to), all of one age. */
const film = (from, to, latency = 50) => Array.from({ length: Math.round((to - from) / 40) }, (_, i) => ({ at: from + 40 * i, latency }));
const longest = (frames, from, to) => Math.max(...gaps(frames, from, to).map(({ length }) => length));

test('a freeze counts from the last frame before it, also over both ends', () => {
  assert.equal(longest([...film(0, 2000), ...film(3000, 9000)], 1000, 8000), 1040);
  assert.equal(longest([...film(0, 2000), ...film(3000, 9000)], 2500, 8000), 1040);
  assert.equal(longest(film(0, 2000), 1000, 8000), 6040);
  assert.equal(longest([], 1000, 8000), 7000);
});

test('a picture that stays live has nothing to recover from', () => {
  assert.equal(recovery_ms(film(0, 9000), 1000, 9000), 0);
});

test('recovered is who is live for two seconds', () => {
  const frames = [...film(0, 1400), ...film(1400, 3000, 700), ...film(3000, 4000), ...film(4000, 5000, 250), ...film(5000, 9000)];
  assert.equal(recovery_ms(frames, 1000, 9000), 4000);
});

test('who freezes has not recovered, however fresh the frames', () => {
  assert.equal(recovery_ms([...film(0, 2000), ...film(3000, 9000)], 1000, 9000), 2000);
  assert.equal(recovery_ms([...film(0, 2000), ...film(2800, 9000)], 1000, 9000), 0); // that counts as a freeze, by itself
});

test('who never gets well has no time of recovery', () => {
  assert.equal(recovery_ms(film(0, 9000, 400), 1000, 9000), null);
  assert.equal(recovery_ms(film(0, 1500), 1000, 9000), null);
  assert.equal(recovery_ms([...film(0, 1000), ...film(1000, 8000, 400), ...film(8000, 9000)], 1000, 9000), null);
});

test('frames without bar code say nothing about delay', () => {
  assert.equal(recovery_ms(film(0, 9000, null), 1000, 9000), 0);
});

test('back is who moves, not who twitches', () => {
  assert.equal(back_ms([...film(0, 1000), { at: 5100, latency: 9 }, ...film(6500, 9000)], 5000), 1500);
  assert.equal(back_ms(film(0, 1000), 5000), null);
});

test('a summary counts freezes over half a second', () => {
  const { longest_ms, freezes, frozen_ms, fps, latency_median } = summary({ frames: [...film(0, 2000), ...film(3000, 9000)], stats: [] }, 0, 9000);
  assert.deepEqual([longest_ms, freezes, frozen_ms, latency_median], [1040, 1, 1040, 50]);
  assert.ok(Math.abs(fps - 200 / 9) < 0.01);
});

test('a new connection does not count backwards', () => {
  const stats = [{ at: 0, bytes: 0 }, { at: 500, bytes: 62_500 }, { at: 1000, bytes: 100 }, { at: 1500, bytes: 62_600 }];
  assert.deepEqual(receive_rates(stats).map(({ kbps }) => kbps), [1000, 1000]);
});
