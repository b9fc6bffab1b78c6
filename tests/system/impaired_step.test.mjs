// The network becomes four times narrower at once: the picture goes on, and is live again soon.
// needs: chromium
import { expect } from '../browser/harness/browser_test.mjs';
import { impaired_test } from './impaired.mjs';

await impaired_test('step', { seconds: 20, warm_up_s: 12 }, ({ longest_ms, fps, recover_ms }) => {
  expect(longest_ms <= 1000, `no freeze over 1 s, but ${longest_ms} ms`);
  expect(fps >= 8, `at least 8 frames/s, not ${fps}`);
  expect(recover_ms !== null && recover_ms <= 3000, `pictures under 200 ms old within 3 s, not ${recover_ms}`);
});
