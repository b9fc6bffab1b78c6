// What each way of a picture through perchd costs, without the network: bench/paths_probe on material made by ffmpeg.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { progress } from './bench.mjs';
import { guest_user_ns } from './guest_cpu.mjs';
import { reference_stream } from './reference_stream.mjs';
import { rounded } from '../../tests/browser/harness/figures.mjs';
import { built_program, root } from '../../tests/browser/harness/paths.mjs';
import { Child } from '../../tests/browser/harness/process.mjs';

// A sensor's noise costs an encoder more than any test image does.
const kPicture = 'testsrc2=size=1280x720:rate=30,noise=alls=6:allf=t';

function make_pictures(world, name, ...codec) {
  const path = join(world.dir, name);
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', kPicture, ...codec, path]);
  return path;
}

function start_probe(command, seconds) {
  const [guard, path] = command;
  const argv = [...guard, built_program('perch_paths_probe'), path, String(seconds)];
  return new Child('perch_paths_probe', argv[0], argv.slice(1));
}

async function result_of(probe, seconds) {
  const [line] = await probe.wait_for_line(/^\{.*\}$/, { what: 'the probe to be done', timeout_ms: (seconds + 60) * 1000 });
  const { code } = await probe.ended;
  if (code !== 0) throw new Error(`the probe failed\n${probe.tail()}`);
  return JSON.parse(line);
}

async function measure(path, seconds) {
  return result_of(start_probe([['taskset', '-c', '0'], path], seconds), seconds);
}

const cells = ({ cpu_percent, fps, kbit_per_s }) => ({ cpu: rounded(cpu_percent, 2), fps: rounded(fps), kbit: rounded(kbit_per_s, 0) });

/** Raw pictures, JPEGs and the camera's own H.264. */
export async function cpu_part(world, { seconds }) {
  const paths = {
    yuyv: `yuyv:${make_pictures(world, 'camera.yuyv', '-frames:v', '30', '-pix_fmt', 'yuyv422', '-f', 'rawvideo')}`,
    mjpeg: `mjpeg:${make_pictures(world, 'camera.mjpg', '-frames:v', '60', '-c:v', 'mjpeg', '-q:v', '5', '-pix_fmt', 'yuvj422p', '-f', 'mjpeg')}`,
    passthrough: `file:${reference_stream()}`,
  };
  const part = { cells: {}, figures: {}, notes: [] };
  for (const [name, path] of Object.entries(paths)) {
    progress(`${name}: ${seconds} s`);
    const result = await measure(path, seconds);
    part.cells[name] = cells(result);
    part.figures[`${name}_cpu_percent`] = rounded(result.cpu_percent, 2);
  }
  return part;
}

/** A camera's pictures into the kernel's test codec: what is left for us when something else encodes. */
export async function m2m_part(world, { seconds }) {
  progress(`m2m in the guest: ${seconds} s`);
  const modules = ['--module', 'vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0x0', '--module', 'vicodec'];
  const guest = [join(root, 'toolchain/uml/run'), '--timeout', String(seconds + 60), ...modules, '--'];
  const probe = start_probe([guest, 'm2m:/dev/video0'], seconds);
  await probe.wait_for_line(/^begin$/, { what: 'the probe to begin', timeout_ms: 60_000 });
  const before = { ns: guest_user_ns(probe.pid), at: performance.now() };
  await probe.wait_for_line(/^end$/, { what: 'the probe to end', timeout_ms: (seconds + 60) * 1000 });
  const cpu_percent = (guest_user_ns(probe.pid) - before.ns) / 1e4 / (performance.now() - before.at);
  const { fps, kbit_per_s } = await result_of(probe, seconds);
  const copies = probe.lines.some((line) => /zero copy/.test(line)) ? 'zero copy' : 'copied into its buffers';
  return {
    cells: { m2m: cells({ cpu_percent, fps, kbit_per_s }) },
    figures: { m2m_cpu_percent: rounded(cpu_percent, 2) },
    notes: [`m2m: vivid to vicodec, ${copies}; only user mode is counted, which leaves out the codec and the kernel`],
  };
}
