// The stream all senders are compared with: 1280x720p30, 2 Mbit/s, constrained baseline, GOP 60, Annex-B; made once.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { find_program, root } from '../../tests/browser/harness/paths.mjs';

const kSeconds = 20;
const kBitrate = 2_000_000;

/** The file's path; made with ffmpeg on the first call. */
export function reference_stream() {
  const folder = join(root, 'build/bench');
  const path = join(folder, `720p30-2M-gop60-one-slice-${kSeconds}s.h264`);
  if (existsSync(path)) return path;
  const ffmpeg = find_program('ffmpeg');
  if (!ffmpeg) throw new Error('ffmpeg is not installed; the reference stream is made with it');
  mkdirSync(folder, { recursive: true });
  const made = spawnSync(ffmpeg, [...ffmpeg_arguments(), `${path}.part`], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`ffmpeg could not make the reference stream:\n${made.stderr.slice(-2000)}`);
  refuse_wrong_rate(`${path}.part`);
  renameSync(`${path}.part`, path);
  return path;
}

// Noise keeps the rate control at its target: the bare test picture compresses too well to reach it.
function ffmpeg_arguments() {
  // One slice per frame and no timing SEI or filler: every packet then carries picture.
  const x264 = ['keyint=60', 'min-keyint=60', 'scenecut=0', 'repeat-headers=1', 'bframes=0', 'sliced-threads=0', 'threads=1'].join(':');
  return [
    ...['-hide_banner', '-loglevel', 'error', '-y'],
    ...['-f', 'lavfi', '-i', `testsrc2=size=1280x720:rate=30:duration=${kSeconds},noise=alls=12:allf=t`],
    ...['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'veryfast', '-tune', 'zerolatency'],
    ...['-b:v', `${kBitrate}`, '-maxrate', `${kBitrate}`, '-bufsize', `${kBitrate / 5}`],
    ...['-x264-params', x264, '-f', 'h264'],
  ];
}

function refuse_wrong_rate(path) {
  const bitrate = (statSync(path).size * 8) / kSeconds;
  if (Math.abs(bitrate / kBitrate - 1) > 0.1) throw new Error(`the reference stream came out at ${Math.round(bitrate)} bit/s`);
}
