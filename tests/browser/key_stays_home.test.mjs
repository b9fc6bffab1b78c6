// An invitation's key stays where it belongs, in the camera's file and the viewer's storage: not in any request, header or
// WebSocket message of the page, not at the broker, in the camera's log, state, status or metrics. The camera's own passwords
// are in none of these either.
// needs: chromium
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { browser_test, expect, fact } from './harness/browser_test.mjs';
import { perchctl } from './harness/perchctl.mjs';
import { link_parts } from './harness/sealed_peer.mjs';

const kPasswords = { broker: 'not-for-any-log-1', turn: 'not-for-any-log-2' };

/** Everything that leaves the page from now on, as a growing list of texts. */
function overhear(page) {
  const said = [];
  page.on('request', (request) => said.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? ''));
  page.on('websocket', (socket) => {
    said.push(socket.url());
    socket.on('framesent', ({ payload }) => said.push(Buffer.from(payload).toString('latin1')));
  });
  return said;
}

await browser_test('key_stays_home', async (world) => {
  await world.start_broker({ more: ['log_type all'] });
  const password_file = join(world.dir, 'password');
  writeFileSync(password_file, kPasswords.broker, { mode: 0o600 });
  const config = {
    broker: { username: 'front-door', password_file },
    ice: { servers: [`turn:front-door:${kPasswords.turn}@127.0.0.1:9`] },
    log: { level: 'trace' },
  };
  const perchd = await world.start_perchd({ sealed: true, guests: { phone: {} }, config });
  const { link } = perchd.invitations.phone;
  const { key } = link_parts(link);
  const peer = await world.connect_peer({ viewer: '+' });

  let said;
  const viewer = await world.open_viewer({ link, before_open: (opened) => (said = overhear(opened)) });
  await viewer.first_frame_ms();
  await viewer.page.reload(); // from now on the key comes out of the storage
  await viewer.first_frame_ms();
  await viewer.page.goto(world.broker.page_url); // the list, with a referrer to give away
  await viewer.page.reload();
  await viewer.first_frame_ms();
  await viewer.close();

  const offers = said.filter((text) => /\/in\/phone\/[^/]+\/offer/.test(text)).length;
  expect(offers >= 3, `the page's messages to be overheard, three offers among them, not ${offers}`);
  const told = [];
  for (const question of ['status', 'state', 'metrics', 'viewers']) told.push((await perchctl(perchd, question)).out);
  const places = {
    'what the page sent': said.join('\n'),
    'what the broker carried': JSON.stringify(peer.received),
    "the broker's log": readFileSync(join(world.broker.dir, 'mosquitto.log'), 'utf8'),
    "the camera's log": perchd.log_text(),
    'what perchctl tells': told.join('\n'),
    'the configuration as printed': spawnSync(perchd.program, ['--config', perchd.config_file, '--print-config'], { encoding: 'utf8' }).stdout,
  };
  // Neither as the link has it, nor in other clothes.
  const raw = Buffer.from(key, 'base64url');
  const spellings = [key, raw.toString('base64'), raw.toString('hex'), raw.toString('latin1')];
  for (const [place, text] of Object.entries(places)) {
    expect(text.length > 100, `something to look through in ${place}`);
    expect(!spellings.some((spelling) => text.includes(spelling)), `no key in ${place}`);
    expect(!Object.values(kPasswords).some((password) => text.includes(password)), `no password in ${place}`);
    fact(`${place}: ${text.length} characters without any`);
  }
});
