// Camera and viewer each behind a router of its own, a TURN server on the Internet between them: the path that each kind
// of address translation leaves is found, and proven by the pair that both sides say they use.
// needs: chromium
// needs: turnserver
// needs: nft
import { browser_test, expect, expect_moving_pictures, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { here, join } from '../browser/harness/namespace.mjs';
import { until } from '../browser/harness/wait.mjs';

const kTurn = '198.51.100.1';

function route(ns) {
  ns.run('sysctl', '-qw', 'net.ipv4.ip_forward=1');
}

/** `kind`: none; port_preserving (the same outside port for every destination while it is free); symmetric; no_udp. */
function translate(ns, kind) {
  ns.run('nft', 'flush', 'ruleset');
  if (kind === 'none') return;
  const how = kind === 'symmetric' ? 'masquerade random,fully-random' : 'masquerade';
  ns.run('nft', `table ip nat { chain out { type nat hook postrouting priority 100; oifname "wan0" ${how}; }; }`);
  if (kind === 'no_udp') ns.run('nft', 'table ip office { chain closed { type filter hook forward priority -1; meta l4proto udp drop; }; }');
  // Dropped packets leave no trace in connection tracking; accepted ones would take the very port that a hole is punched on.
  const drop = 'iifname "wan0" ct state != { established, related } drop';
  const chain = (hook) => `chain ${hook} { type filter hook ${hook} priority 0; ${drop}; };`;
  ns.run('nft', `table ip guard { ${chain('input')} ${chain('forward')} }`);
}

/** The pair of addresses that the camera's log named last, of those that `fits` takes: a relayed path may come before a direct one. */
function last_pair(perchd, from, fits) {
  const pairs = () => perchd.process.lines.slice(from).map((line) => /ice=connected pair="([^"]+)"/.exec(line)?.[1]).filter(Boolean);
  const last = () => [pairs().at(-1)].find((pair) => pair && fits(pair));
  return until(last, { what: 'the camera to name such a path', detail: () => pairs().join('\n') });
}

async function build_networks(world) {
  const camera = await world.add_namespace('camera');
  const camera_router = await world.add_namespace('camera_router');
  const viewer_router = await world.add_namespace('viewer_router');
  const internet = await world.add_namespace('internet');
  here.run('ip', 'link', 'del', 'lan0');
  join({ ns: camera, name: 'eth0', addresses: ['192.168.1.10/24'] }, { ns: camera_router, name: 'lan0', addresses: ['192.168.1.1/24'] });
  join({ ns: here, name: 'eth0', addresses: ['192.168.2.10/24'] }, { ns: viewer_router, name: 'lan0', addresses: ['192.168.2.1/24'] });
  join({ ns: camera_router, name: 'wan0', addresses: ['198.51.100.2/24'] }, { ns: internet, name: 'cam0', addresses: ['198.51.100.1/24'] });
  join({ ns: viewer_router, name: 'wan0', addresses: ['203.0.113.2/24'] }, { ns: internet, name: 'view0', addresses: ['203.0.113.1/24'] });
  camera.run('ip', 'route', 'add', 'default', 'via', '192.168.1.1');
  here.run('ip', 'route', 'add', 'default', 'via', '192.168.2.1');
  camera_router.run('ip', 'route', 'add', 'default', 'via', '198.51.100.1');
  viewer_router.run('ip', 'route', 'add', 'default', 'via', '203.0.113.1');
  internet.run('ip', 'route', 'add', '192.168.1.0/24', 'via', '198.51.100.2'); // for a camera without translation
  for (const ns of [camera_router, viewer_router, internet]) route(ns);
  // The broker is reached over a cable of its own, which carries no media: the camera does not offer its address there.
  join({ ns: here, name: 'broker0', addresses: ['10.8.0.1/30'] }, { ns: camera, name: 'broker1', addresses: ['10.8.0.2/30'] });
  return { camera, camera_router, viewer_router, internet };
}

await browser_test('nat', async (world) => {
  const nets = await build_networks(world);
  const turn = await world.start_turn_server({ address: kTurn, port: 3478, command: nets.internet.command });
  await world.start_broker({ mqtt_listen: '10.8.0.1' });
  const ice = { servers: [turn.uri(), turn.uri('tcp')], local_addresses: ['192.168.1.10'] };
  const perchd = await world.start_perchd({ command: nets.camera.command, config: { ice, log: { level: 'debug' } } });

  const cases = [
    { camera: 'none', viewer: 'port_preserving', name: 'direct', here: /^(host|srflx|prflx)$/, there: /^host$/, address: '192.168.1.10' },
    { camera: 'port_preserving', viewer: 'port_preserving', name: 'server-reflexive', here: /^(host|srflx|prflx)$/, there: /^(srflx|prflx)$/, address: '198.51.100.2' },
    { camera: 'symmetric', viewer: 'port_preserving', name: 'relayed, camera symmetric', here: /./, there: /^(relay|prflx)$/, address: kTurn },
    { camera: 'symmetric', viewer: 'symmetric', name: 'relayed, both symmetric', here: /./, there: /^(relay|prflx)$/, address: kTurn },
    { camera: 'port_preserving', viewer: 'no_udp', name: 'relayed for the page, no UDP out of its network', here: /^relay$/, there: /./, address: null, by_page: true },
  ];
  for (const one of cases) {
    translate(nets.camera_router, one.camera);
    translate(nets.viewer_router, one.viewer);
    const from = perchd.process.mark();
    const viewer = await world.open_viewer({});
    const first_frame_ms = await viewer.first_frame_ms({ timeout_ms: 20_000 });
    await viewer.start_probe();
    expect_moving_pictures(await viewer.until_samples(45));
    const [ours, theirs] = await viewer.path_ends();
    const relayed = /^relayed/.test(one.name);
    const pair = await last_pair(perchd, from, (named) => one.by_page || relayed === named.startsWith('relay '));
    fact(`${one.name}: first frame after ${rounded(first_frame_ms)} ms, page ${ours.candidateType} <-> ${theirs.candidateType} ${theirs.address}; camera ${pair}`);
    expect(one.here.test(ours.candidateType) && one.there.test(theirs.candidateType), `${one.name}, not ${ours.candidateType} <-> ${theirs.candidateType}`);
    expect(!one.address || theirs.address === one.address, `the camera at ${one.address}, not ${theirs.address}`);
    expect(!one.by_page || ours.relayProtocol === 'tcp', `TURN over TCP, not ${ours.relayProtocol}`);
    await viewer.close();
  }
});
