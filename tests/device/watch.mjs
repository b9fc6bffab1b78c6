// What the tests that watch a camera in the guest look at.
import { expect, fact } from '../browser/harness/browser_test.mjs';
import { frame_rate, picture_fault, rounded } from '../browser/harness/figures.mjs';

/** A guest is slow: what happens there may take this long. */
export const kPatience_ms = 30_000;

/** Milliseconds until `promise` is fulfilled. */
export async function timed(promise) {
  const start = performance.now();
  await promise;
  return rounded(performance.now() - start, 0);
}

/** Moving pictures of this size, decoded; the facts are printed. Returns the browser's statistics. */
export async function expect_watchable(viewer, { width, height, frames = 90 }) {
  await viewer.start_probe();
  const samples = await viewer.until_samples(frames, 40_000);
  const fault = picture_fault(samples, { bar_code: false });
  expect(!fault, `moving pictures, but ${fault}`);
  const { inbound } = await viewer.stats();
  fact(`${rounded(frame_rate(samples))} frames/s, ${inbound.frameWidth}x${inbound.frameHeight}, ${inbound.packetsLost} of ${inbound.packetsReceived} packets lost`);
  expect(inbound.frameWidth === width && inbound.frameHeight === height, `${width}x${height}, not ${inbound.frameWidth}x${inbound.frameHeight}`);
  expect(inbound.framesDecoded >= frames * 0.6, `decoded frames: ${JSON.stringify(inbound)}`);
  return inbound;
}

/** The last viewer leaves: the camera is closed soon after, and no node of it stays open. */
export async function expect_closed_when_idle(viewers, { guest, peer }) {
  for (const viewer of viewers) await viewer.close();
  await peer.until_state((state) => state.viewers === 0, { what: 'state without viewers after the tabs were closed', timeout_ms: 12_000 });
  await guest.process.wait_for_line(/msg="camera closed"/, { what: 'the camera to be closed', timeout_ms: 10_000 });
  const { camera_nodes, children } = await guest.report();
  expect(camera_nodes === 0 && children === 0, `no camera node open and no program left, but ${camera_nodes} and ${children}`);
}
