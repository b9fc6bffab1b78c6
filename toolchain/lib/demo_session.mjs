// The demo a person watches: broker and agent run until Ctrl-C, their troubles are told in one line.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Broker } from '../../tests/browser/harness/broker.mjs';
import { perchctl_path } from '../../tests/browser/harness/paths.mjs';
import { Perchd } from '../../tests/browser/harness/perchd.mjs';
import { port_in_use } from '../../tests/browser/harness/ports.mjs';
import { describe } from '../../tests/browser/harness/process.mjs';

const { values: options } = parseArgs({
  options: {
    source: { type: 'string', default: 'auto' },
    audio: { type: 'string', default: 'off' },
    talk: { type: 'string', default: 'off' },
    listen: { type: 'string', default: '127.0.0.1' },
    'mqtt-port': { type: 'string', default: '1883' },
    'web-port': { type: 'string', default: '9001' },
  },
});

const say = (words) => process.stderr.write(`demo: ${words}\n`);

function port_number(name) {
  const port = Number(options[name]);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`--${name} ${options[name]}: a number from 1 to 65535 is wanted`);
  return port;
}

async function refuse_taken_port(address, port, option) {
  const taken = await port_in_use(address, port).catch((error) => {
    if (error.code === 'EADDRNOTAVAIL' || error.code === 'EINVAL' || error.code === 'ENOTFOUND') throw new Error(`${address} is not an address of this machine`);
    throw new Error(`cannot use port ${port} on ${address}: ${error.message}`);
  });
  if (taken) throw new Error(`port ${port} on ${address} is in use (ss -ltnp 'sport = :${port}' shows by what): free it, or choose another with --${option}`);
}

function refuse_loopback_only() {
  const outward = Object.values(networkInterfaces()).flat().some((address) => !address.internal);
  if (!outward) throw new Error('no network interface is up besides loopback, and browsers offer no address without one: connect to some network');
}

async function start(dir, ports) {
  mkdirSync(join(dir, 'broker'), { mode: 0o755 });
  mkdirSync(join(dir, 'perchd'));
  const broker = await Broker.start({ dir: join(dir, 'broker'), listen: options.listen, drop_privileges: true, ...ports });
  const perchd = await Perchd.start({
    dir: join(dir, 'perchd'),
    broker,
    sealed: true,
    guests: { demo: { rights: 'watch,listen,talk,control' } },
    config: { video: { source: options.source }, audio: { source: options.audio }, talk: { sink: options.talk }, ice: { local_addresses: [] } },
  });
  return { broker, perchd };
}

/** Resolves with the name of the signal that asks us to end, or throws when a part has ended by itself. */
function until_asked({ broker, perchd }) {
  const asked = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(signal));
  });
  const ended = ({ process: child }) =>
    child.ended.then((outcome) => {
      throw new Error(`${child.name} has ended by itself (${describe(outcome)}):\n${child.tail(12)}`);
    });
  return Promise.race([asked, ended(broker), ended(perchd)]);
}

async function main() {
  const ports = { mqtt_port: port_number('mqtt-port'), web_port: port_number('web-port') };
  refuse_loopback_only();
  await refuse_taken_port('127.0.0.1', ports.mqtt_port, 'mqtt-port');
  await refuse_taken_port(options.listen, ports.web_port, 'web-port');
  const dir = mkdtempSync(join(tmpdir(), 'perch-demo-'));
  chmodSync(dir, 0o755);
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

  const parts = await start(dir, ports);
  const asked = until_asked(parts);
  parts.perchd.process.on_line((line) => /level=(warning|error)/.test(line) && process.stderr.write(`${line}\n`));
  if (options.listen !== '127.0.0.1') say(`anyone who reaches ${options.listen} can speak to this broker, but only who has the link can watch`);
  say(`the camera is on (source ${options.source}); Ctrl-C ends it. Open`);
  // On a terminal perchctl draws a QR code as well.
  if (process.stdout.isTTY) spawnSync(perchctl_path, ['link', 'demo', '--config', parts.perchd.config_file], { stdio: ['ignore', 'inherit', 'ignore'] });
  else process.stdout.write(`${parts.perchd.invitations.demo.link}\n`);

  await asked;
  say('ending');
  await parts.perchd.stop();
  await parts.broker.stop();
}

main().then(
  () => process.exit(0),
  (error) => {
    say(error.message);
    process.exit(1);
  },
);
