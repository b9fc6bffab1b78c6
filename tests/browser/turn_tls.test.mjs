// TURN over TLS, for networks that let nothing else out: by the camera, which checks whom it speaks to, and by the page.
// needs: chromium
// needs: turnserver
// needs: openssl
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { browser_test, expect, expect_moving_pictures, fact } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';
import { relay_only } from './harness/probe.mjs';

function make_certificate(dir) {
  const files = { cert: join(dir, 'turn.crt'), key: join(dir, 'turn.key') };
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-keyout', files.key, '-out', files.cert, ...name], { stdio: 'pipe' });
  return files;
}

await browser_test('turn_tls', async (world) => {
  const tls = make_certificate(world.dir);
  const turn = await world.start_turn_server({ tls });
  const ice = { servers: [turn.tls_uri()], ca_file: tls.cert, force_relay: true };
  const perchd = await world.start_perchd({ config: { ice, log: { level: 'debug' } } });
  // The server's certificate is known to the camera only.
  await world.start_chromium({ flags: ['--ignore-certificate-errors'] });
  const ways = [
    ['camera over TLS', { fragment: { ice: `stun:127.0.0.1:${turn.port}` } }, /^(host|srflx|prflx)$/],
    ['both over TLS', { fragment: { ice: turn.tls_uri() }, init: relay_only }, /^relay$/],
  ];
  for (const [name, options, ours] of ways) {
    const from = perchd.process.mark();
    const viewer = await world.open_viewer(options);
    const first_frame_ms = await viewer.first_frame_ms({ timeout_ms: 20_000 });
    await viewer.start_probe();
    expect_moving_pictures(await viewer.until_samples(45));
    const path = await viewer.path_ends();
    const [, pair] = await perchd.process.wait_for_line(/ice=connected pair="([^"]+)"/, { from });
    fact(`${name}: first frame after ${rounded(first_frame_ms)} ms, page ${path[0].candidateType} ${path[0].relayProtocol ?? ''}; camera ${pair}`);
    expect(pair.startsWith('relay ') && ours.test(path[0].candidateType), `a relayed path, not ${pair}`);
    expect(path[0].candidateType !== 'relay' || path[0].relayProtocol === 'tls', `TLS, not ${path[0].relayProtocol}`);
    await viewer.close();
  }
  await perchd.stop();

  const stranger = await world.start_perchd({ name: 'stranger', config: { ice: { ...ice, ca_file: '' } } });
  const viewer = await world.open_viewer();
  const [warning] = await stranger.process.wait_for_line(/no TLS to the TURN server.*/);
  fact(`a camera that does not know the authority says: ${warning}`);
  await viewer.close();
});
