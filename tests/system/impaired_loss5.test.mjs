// 5 % of the packets are lost, both ways: retransmissions keep the picture moving.
// needs: chromium
import { expect } from '../browser/harness/browser_test.mjs';
import { impaired_test } from './impaired.mjs';

await impaired_test('loss5', { seconds: 20 }, ({ longest_ms, fps, latency_median }) => {
  expect(longest_ms <= 500, `no freeze over 500 ms, but ${longest_ms} ms`);
  expect(fps >= 20, `at least 20 frames/s, not ${fps}`);
  expect(latency_median < 500, `pictures under half a second old, not ${latency_median} ms`);
});
