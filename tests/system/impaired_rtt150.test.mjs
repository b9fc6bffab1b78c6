// 150 ms round trip and nothing else: as smooth as next door, only later.
// needs: chromium
import { expect } from '../browser/harness/browser_test.mjs';
import { impaired_test } from './impaired.mjs';

await impaired_test('rtt150', { seconds: 10 }, ({ longest_ms, fps, latency_median }) => {
  expect(longest_ms <= 1000, `no freeze over 1 s, but ${longest_ms} ms`);
  expect(fps >= 20, `at least 20 frames/s, not ${fps}`);
  expect(latency_median >= 75 && latency_median < 500, `pictures between one way and half a second old, not ${latency_median} ms`);
});
