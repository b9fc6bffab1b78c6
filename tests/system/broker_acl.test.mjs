// The broker configuration that the package ships as an example: nobody speaks as another, hears what another is told, or
// fakes a camera's state, neither over MQTT nor over a browser's WebSocket.
// needs: openssl
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from '../browser/harness/node_modules/mqtt/build/index.js';
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { find_program, root } from '../browser/harness/paths.mjs';
import { free_port, until_listening } from '../browser/harness/ports.mjs';
import { Child } from '../browser/harness/process.mjs';
import { until } from '../browser/harness/wait.mjs';

const kSession = 'AAAAAAAAAAAAAAAAAAAAAA';
const kNotAuthorized = 135; // MQTT 5 §3.4.2.1

/** The shipped files with other places and ports, a certificate, and accounts whose password is their name. */
async function start_broker(dir, accounts) {
  const example = (name) => readFileSync(join(root, 'systemd/examples', name), 'utf8');
  const ports = { mqtts: await free_port(), wss: await free_port() };
  const text = example('mosquitto.conf')
    .replaceAll('/etc/mosquitto', dir)
    .replace(/^listener 8883$/m, `listener ${ports.mqtts}`)
    .replace(/^listener 8084$/m, `listener ${ports.wss}`);
  expect(text.includes(`listener ${ports.mqtts}`) && text.includes(`listener ${ports.wss}`), 'both listeners in the example');
  const config = join(dir, 'mosquitto.conf');
  writeFileSync(config, `user root\nlog_dest stderr\npersistence_location ${dir}/\n${text}`);
  writeFileSync(join(dir, 'perch.acl'), example('perch.acl'), { mode: 0o600 });
  make_certificate(dir);
  for (const [at, name] of accounts.entries()) {
    const create = at === 0 ? ['-c'] : [];
    execFileSync(find_program('mosquitto_passwd'), [...create, '-b', join(dir, 'perch.passwd'), name, name], { stdio: 'pipe' });
  }
  const process = new Child('mosquitto', find_program('mosquitto'), ['-c', config], { log_file: join(dir, 'mosquitto.log') });
  await until_listening('127.0.0.1', ports.mqtts, process);
  await until_listening('127.0.0.1', ports.wss, process);
  return { process, ports };
}

function make_certificate(dir) {
  execFileSync('mkdir', ['-p', join(dir, 'certs')]);
  const file = (name) => join(dir, 'certs', name);
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file('broker.key')];
  execFileSync('openssl', ['req', '-x509', '-days', '1', ...key, '-out', file('broker.pem'), ...names], { stdio: 'pipe' });
}

/** A client that keeps what it hears: {heard, say(topic, words), hears(filter)}. */
async function sign_in(url, name, dir, password = name) {
  const options = { protocolVersion: 5, username: name, password, ca: readFileSync(join(dir, 'certs/broker.pem')), reconnectPeriod: 0 };
  const client = await mqtt.connectAsync(url, options);
  const heard = [];
  client.on('message', (topic, payload) => heard.push(`${topic} ${payload}`));
  return {
    client,
    heard,
    hears: (filter) => client.subscribeAsync(filter, { qos: 1 }),
    /** Whether the broker took it. */
    say: async (topic, words, retain = false) => {
      try {
        await client.publishAsync(topic, words, { qos: 1, retain });
        return true;
      } catch (error) {
        expect(error.code === kNotAuthorized, `the refusal to be about rights: ${error.message}`);
        return false;
      }
    },
  };
}

await browser_test('broker_acl', async (world) => {
  const { process, ports } = await start_broker(world.dir, ['front-door', 'garage', 'ann', 'eve']);
  const mqtts = `mqtts://127.0.0.1:${ports.mqtts}`;
  const wss = `wss://127.0.0.1:${ports.wss}`;
  const camera = await sign_in(mqtts, 'front-door', world.dir);
  const other_camera = await sign_in(mqtts, 'garage', world.dir);
  const ann = await sign_in(wss, 'ann', world.dir);
  const eve = await sign_in(wss, 'eve', world.dir);
  try {
    let refused = await mqtt.connectAsync(mqtts, { protocolVersion: 5, ca: readFileSync(join(world.dir, 'certs/broker.pem')), reconnectPeriod: 0 }).catch((error) => error);
    expect(refused.code === kNotAuthorized, 'nobody to come in without a name');
    refused = await sign_in(mqtts, 'eve', world.dir, 'ann').catch((error) => error);
    expect(refused.code > 0, 'nobody to come in with a wrong password');
    fact('without name or with a wrong password: refused');

    await camera.hears('perch/v1/front-door/in/#');
    await ann.hears('perch/v1/+/to/ann/#');
    await eve.hears('#'); // whatever she may
    await eve.hears('perch/v1/+/to/#');
    await eve.hears('perch/v1/front-door/in/#');
    await other_camera.hears('perch/v1/#');

    expect(await camera.say('perch/v1/front-door/state', 'online', true), 'the camera to tell its state');
    expect(await ann.say(`perch/v1/front-door/in/ann/${kSession}/offer`, 'from ann'), 'ann to speak as herself');
    await until(() => camera.heard.some((words) => words.endsWith('from ann')), { what: 'the camera to hear ann' });
    expect(await camera.say(`perch/v1/front-door/to/ann/${kSession}/answer`, 'for ann'), 'the camera to answer');
    await until(() => ann.heard.some((words) => words.endsWith('for ann')), { what: 'ann to hear the camera' });
    fact('camera and viewer understand each other');

    const forgeries = {
      'a viewer speaks as another': [[eve, `perch/v1/front-door/in/ann/${kSession}/offer`]],
      'a viewer speaks as a camera': [[eve, `perch/v1/front-door/to/ann/${kSession}/answer`], [eve, 'perch/v1/eve/from/x']],
      'a camera speaks as another': [[other_camera, `perch/v1/front-door/to/ann/${kSession}/answer`]],
      "somebody fakes a camera's state": [[eve, 'perch/v1/front-door/state'], [ann, 'perch/v1/garage/state'], [other_camera, 'perch/v1/front-door/state']],
    };
    for (const [name, attempts] of Object.entries(forgeries)) {
      for (const [who, topic] of attempts) expect(!(await who.say(topic, 'forged', true)), `${name}: ${topic} to be refused`);
      fact(`${name}: refused`);
    }

    // What was said before these words has been delivered before them.
    await camera.say(`perch/v1/front-door/to/eve/${kSession}/bye`, 'last');
    await until(() => eve.heard.some((words) => words.endsWith('last')), { what: 'eve to hear her own message' });
    await camera.say('perch/v1/front-door/state', 'still online', true);
    await until(() => other_camera.heard.some((words) => words.endsWith('still online')), { what: 'the state, which everybody may read' });
    const overheard = [...eve.heard, ...other_camera.heard].filter((words) => /ann|forged/.test(words));
    expect(overheard.length === 0, `nothing overheard: ${overheard}`);
    expect(!ann.heard.concat(camera.heard).some((words) => words.endsWith('forged')), 'nothing forged to arrive');
    fact("a viewer, or a camera, reads another's messages: nothing heard");
  } finally {
    for (const { client } of [camera, other_camera, ann, eve]) await client.endAsync(true);
    await process.stop();
  }
});
