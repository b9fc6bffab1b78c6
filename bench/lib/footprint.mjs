// What installing Perch costs a board: packages, megabytes, resident memory, and what the unit leaves open.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bench } from './bench.mjs';
import { rounded } from '../../tests/browser/harness/figures.mjs';
import { root } from '../../tests/browser/harness/paths.mjs';
import { resident_kb } from '../../tests/browser/harness/proc.mjs';

const kAbout = `Two packages are made: with Debian's libnice and libsrtp2, and with the slim ones that toolchain/deps builds. Of each: its
size, how many packages and installed megabytes it drags onto a minimal Debian (systemd, dbus, apt; itself included), and the
resident memory of its perchd online at a broker with nobody watching. unit_exposure is systemd-analyze's figure, 0 to 10.`;

/** Limits of a released (slim) package; over one of them the bench fails. */
const kLimits = { slim_drag_mb: 20, unit_exposure: 1.3 };

const folder_of = (libraries) => join(root, 'build/footprint', libraries);

function on_disk(libraries) {
  const folder = folder_of(libraries);
  const deb = readdirSync(folder).find((name) => /^perch_.*\.deb$/.test(name));
  const [packages, kb] = readFileSync(join(folder, 'drag'), 'utf8').trim().split(' ').map(Number);
  return {
    bytes: statSync(join(folder, deb)).size,
    daemon_bytes: statSync(join(folder, 'root/usr/bin/perchd')).size,
    packages,
    mb: rounded(kb / 1024, 1),
  };
}

async function idle_rss_kb(world, libraries) {
  const perchd = await world.start_perchd({ name: `perchd-${libraries}`, program: join(folder_of(libraries), 'root/usr/bin/perchd') });
  const peer = await world.connect_peer();
  await peer.until_state((state) => state.online);
  await peer.close();
  const kb = resident_kb(perchd.pid);
  await perchd.stop();
  return kb;
}

function exposure() {
  const unit = join(root, 'systemd/perchd.service');
  const report = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', unit], { encoding: 'utf8' });
  return Number(/exposure level for \S+: ([\d.]+)/.exec(report)[1]);
}

function hold_limits(figures) {
  for (const [name, limit] of Object.entries(kLimits)) {
    if (!(figures[name] <= limit)) throw new Error(`${name} is ${figures[name]}, its limit ${limit}`);
  }
}

await bench('footprint', kAbout, {}, async (world) => {
  const debian = { ...on_disk('debian'), rss_kb: await idle_rss_kb(world, 'debian') };
  const slim = { ...on_disk('slim'), rss_kb: await idle_rss_kb(world, 'slim') };
  const figures = {
    package_bytes: debian.bytes,
    drag_packages: debian.packages,
    drag_mb: debian.mb,
    idle_rss_kb: debian.rss_kb,
    slim_package_bytes: slim.bytes,
    slim_drag_packages: slim.packages,
    slim_drag_mb: slim.mb,
    slim_idle_rss_kb: slim.rss_kb,
    unit_exposure: exposure(),
  };
  hold_limits(figures);
  const row = (name, { bytes, daemon_bytes, packages, mb, rss_kb }) => [name, bytes, daemon_bytes, packages, mb, rss_kb];
  return {
    rows: [['', 'package bytes', 'perchd bytes', 'packages', 'MB on disk', 'idle RSS kB'], row("Debian's libraries", debian), row('slim', slim)],
    figures,
    notes: [`what the unit leaves open: ${figures.unit_exposure} of 10`],
  };
});
