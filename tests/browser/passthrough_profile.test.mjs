// A stream that comes encoded is named in the answer as what it is, even to the very first viewer, whose answer waits for
// the camera to tell; and it plays.
// needs: chromium ffmpeg
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { browser_test, expect, fact } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';

await browser_test('passthrough_profile', async (world) => {
  const clip = join(world.dir, 'level4.h264');
  const encode = ['-c:v', 'libx264', '-profile:v', 'baseline', '-level', '4.0', '-g', '30', '-bsf:v', 'h264_mp4toannexb'];
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=30', '-t', '2', ...encode, clip]);
  await world.start_perchd({ config: { video: { source: `file:${clip}`, linger_s: 1 } } });
  for (const which of ['first', 'second']) {
    const viewer = await world.open_viewer();
    fact(`${which} viewer: first frame after ${rounded(await viewer.first_frame_ms())} ms`);
    const sdp = await viewer.page.evaluate(() => window.__perch.players[0].pc.remoteDescription.sdp);
    const [, level] = /profile-level-id=42[0-9a-f]{2}([0-9a-f]{2})/.exec(sdp) ?? [];
    expect(level === '28', `level 4.0 (28) in the answer, not ${level}`);
    await viewer.until_frames_advance({ count: 30 });
  }
});
