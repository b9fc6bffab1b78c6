// mqtts with an authority of one's own, certificates at both ends, a shared key; and everything that can be wrong about
// it, each said in the log and by perchctl in words that name the cause. No secret is ever in the log.
// needs: openssl
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { Authority } from '../browser/harness/certificates.mjs';
import { own_etc } from '../browser/harness/own_etc.mjs';
import { find_program } from '../browser/harness/paths.mjs';
import { perchctl_json } from '../browser/harness/perchctl.mjs';
import { free_port, until_listening } from '../browser/harness/ports.mjs';
import { Child } from '../browser/harness/process.mjs';

const password = 'correct-horse-battery';
const psk = '00112233445566778899aabbccddeeff';

function secret(world, name, text) {
  const path = join(world.dir, name);
  writeFileSync(path, `${text}\n`, { mode: 0o600 });
  return path;
}

/** What to put in front of an agent's command line: the machine's store of authorities holds this one alone. */
function in_system_store(world, authority) {
  const store = join(world.dir, 'store');
  mkdirSync(store);
  copyFileSync(authority.cert, join(store, 'ours.pem'));
  execFileSync('openssl', ['rehash', store]);
  return own_etc({ 'ssl/certs': store });
}

/** One broker, one listener for each way in: {name: port}. */
async function start_brokers(world, authority) {
  const good = authority.issue('localhost');
  const expired = authority.issue('localhost', { from: '20200101', to: '20210101' });
  const early = authority.issue('localhost', { from: '20390101' });
  const other = authority.issue('elsewhere.example');
  const with_cert = ({ cert, key }) => [`certfile ${cert}`, `keyfile ${key}`];
  const passwords = join(world.dir, 'passwords');
  writeFileSync(passwords, '');
  execFileSync(find_program('mosquitto_passwd'), ['-b', passwords, 'camera', password]);
  chmodSync(passwords, 0o644);
  const users = ['allow_anonymous false', `password_file ${passwords}`];
  const open = ['allow_anonymous true'];
  const ways = {
    good: [...with_cert(good), ...open],
    expired: [...with_cert(expired), ...open],
    early: [...with_cert(early), ...open],
    other: [...with_cert(other), ...open],
    mutual: [...with_cert(good), `cafile ${authority.cert}`, 'require_certificate true', ...open],
    psk: ['psk_hint perch', `psk_file ${secret(world, 'broker.psk', `board:${psk}`)}`, ...open],
    users: [...with_cert(good), ...users],
    plain: open,
  };
  const ports = {};
  const lines = ['per_listener_settings true', 'user root', 'persistence false', 'log_dest stderr'];
  for (const [name, settings] of Object.entries(ways)) lines.push(`listener ${(ports[name] = await free_port())} 127.0.0.1`, ...settings);
  const config = join(world.dir, 'tls.conf');
  writeFileSync(config, `${lines.join('\n')}\n`);
  const process = new Child('mosquitto', find_program('mosquitto'), ['-c', config]);
  await until_listening('127.0.0.1', ports.good, process);
  return { ports, process };
}

const logs = [];

/** Starts an agent with these [broker] keys, hands it to `look`, ends it. */
async function with_agent(world, name, broker, look, command) {
  const perchd = await world.start_perchd({ name, config: { broker }, command });
  await look(perchd);
  await perchd.stop();
  logs.push(perchd.log_text());
}

async function connects(world, name, broker, command) {
  await with_agent(world, name, broker, async (perchd) => {
    await perchd.process.wait_for_line(/mod=mqtt state=connected/, { what: `${name}: a connection` });
    expect((await perchctl_json(perchd, 'status')).broker.connected, 'perchctl to know');
  }, command);
  fact(`${name}: connected`);
}

async function fails(world, name, broker, words) {
  await with_agent(world, name, broker, async (perchd) => {
    const [, reason] = await perchd.process.wait_for_line(/mod=mqtt state=retrying .*reason="([^"]*)"/, { what: `${name}: a reason` });
    expect(words.test(reason), `${name}: words like ${words}, not "${reason}"`);
    const { trouble } = (await perchctl_json(perchd, 'status')).broker;
    expect(words.test(trouble), `perchctl to say so too, not "${trouble}"`);
    fact(`${name}: ${reason}`);
  });
}

await browser_test('broker_tls', async (world) => {
  world.broker = { mqtt_url: 'mqtt://127.0.0.1:1', stop: async () => {} };
  const authority = new Authority(join(world.dir, 'ca'));
  const { ports, process: mosquitto } = await start_brokers(world, authority);
  try {
    const at = (name, keys = {}) => ({ url: `mqtts://localhost:${ports[name]}`, ca_file: authority.cert, ...keys });
    const ours = authority.issue('front-door');
    const user = (text) => ({ username: 'camera', password_file: secret(world, `password-${text}`, text) });
    const key = (hex) => ({ url: `mqtts://localhost:${ports.psk}`, psk_identity: 'board', psk_file: secret(world, `psk-${hex}`, hex) });
    await connects(world, 'own authority', at('good'));
    await connects(world, "the system's authorities", { url: `mqtts://localhost:${ports.good}` }, in_system_store(world, authority));
    await connects(world, 'certificates at both ends', at('mutual', { cert_file: ours.cert, key_file: ours.key }));
    await connects(world, 'shared key', key(psk));
    await connects(world, 'user and password', at('users', user(password)));
    await fails(world, 'expired', at('expired'), /certificate has expired \(our clock says \d{4}-/);
    await fails(world, 'clock far behind', at('early'), /not valid yet \(our clock says \d{4}-/);
    await fails(world, 'another host name', at('other'), /for another host name/);
    await fails(world, 'unknown authority', { url: `mqtts://localhost:${ports.good}` }, /signed by nobody we trust/);
    await fails(world, 'no certificate of ours', at('mutual'), /it wants? a certificate of ours/);
    await fails(world, 'wrong shared key', key('ffeeddcc'), /is the shared key right/);
    await fails(world, 'wrong password', at('users', user('wrong-horse')), /refused us: .*password_file/);
    await fails(world, 'the plain port', at('plain'), /is that its port for TLS/);
    await fails(world, 'not TLS at all', { url: `mqtt://localhost:${ports.good}` }, /closed|lost|refused/);
    for (const word of [password, psk, 'wrong-horse', 'ffeeddcc'])
      expect(!logs.some((log) => log.includes(word)), `no secret in any log, but "${word}" is`);
  } finally {
    await mosquitto.stop();
  }
});
