// Nothing gets through for 10 s: the picture comes back by itself.
// needs: chromium
import { expect } from '../browser/harness/browser_test.mjs';
import { impaired_test } from './impaired.mjs';

await impaired_test('blackout', { seconds: 25 }, ({ longest_ms, back_ms }) => {
  expect(longest_ms >= 9_500, `a blackout, but the picture moved on: ${longest_ms} ms`);
  expect(back_ms !== null && back_ms <= 2000, `the picture within 2 s after the network, not ${back_ms}`);
});
