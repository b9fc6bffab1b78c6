// Attacks on a sealed camera through a real broker, each by name. Whatever does not authenticate gets silence and costs no
// session, no camera and no ICE; an invited viewer notices nothing.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { MqttPeer } from '../browser/harness/mqtt_peer.mjs';
import { root } from '../browser/harness/paths.mjs';
import { task_names, udp_ports } from '../browser/harness/proc.mjs';
import { SealedPeer } from '../browser/harness/sealed_peer.mjs';
import { until } from '../browser/harness/wait.mjs';

const sdp = readFileSync(join(root, 'tests/signaling/fixtures/chromium-156-recvonly-offer.sdp'), 'utf8');
const with_sound = readFileSync(join(root, 'tests/signaling/fixtures/chromium-video-audio-offer-hand-made.sdp'), 'utf8');
const new_session = MqttPeer.new_session;

/** How many sessions perchd has begun so far. */
const sessions_begun = (perchd) => perchd.log_text().split('\n').filter((line) => /mod=viewer .*state=new/.test(line)).length;

await browser_test('sealed_attacks', async (world) => {
  const perchd = await world.start_perchd({ sealed: true, config: { audio: { source: 'tone' }, video: { linger_s: 0 } } });
  const link = perchd.invite('phone', { rights: 'watch,listen,talk' }).link;
  const phone = await SealedPeer.invited(world, link);
  const witness = await world.connect_peer();
  await witness.until_state((state) => state.access === 'sealed' && !('invited' in state));

  /** The camera has worked off everything sent before: it answers a question of the phone's, on the same way in. */
  const barrier = async () => {
    const session = new_session();
    await phone.send(phone.make(session, 'candidates', { candidates: [], done: true }));
    const { code } = await phone.until_heard(session, 'error');
    expect(code === 'unknown_session', `unknown_session, not ${code}`);
  };
  /** What a session takes: threads for picture and sound, ports for ICE. */
  const taken = () => JSON.stringify({ threads: task_names(perchd.pid).sort(), ports: udp_ports(perchd.pid).length });
  const idle = taken();
  expect(udp_ports(perchd.pid).length === 0, 'no port open before anybody called');
  /** `attack` gets no answer in `session`, begins no session, and wakes neither camera nor ICE. */
  const gets_silence = async (name, session, attack) => {
    await until(() => taken() === idle, { what: 'the camera to have gone to sleep' });
    const before = sessions_begun(perchd);
    await attack();
    await barrier();
    const said = witness_of(session);
    expect(said.length === 0, `${name}: silence, not ${JSON.stringify(said)}`);
    expect(sessions_begun(perchd) === before, `${name}: no session`);
    expect(taken() === idle, `${name}: nothing opened: ${taken()} where ${idle} was`);
    fact(`${name}: silence`);
  };
  const everything = await world.connect_peer({ viewer: '+' });
  const witness_of = (session) => everything.received.filter(({ topic }) => topic.includes(`/to/`) && topic.includes(session));

  const kept = phone.make(new_session(), 'offer', { sdp });
  await gets_silence('the broker swaps fingerprints', kept.session, async () => {
    const { n, c } = JSON.parse(kept.payload);
    for (let at = 0; at < c.length; at += 97) {
      const changed = c.slice(0, at) + (c[at] === 'A' ? 'B' : 'A') + c.slice(at + 1);
      await phone.send({ ...kept, payload: JSON.stringify({ v: 1, n, c: changed }) });
    }
  });
  const other = new_session();
  await gets_silence('the broker mixes sessions', other, () => phone.send({ ...kept, session: other }));
  await gets_silence('the broker mixes kinds', kept.session, () => phone.send({ ...kept, kind: 'solicit' }));

  // The same offer untouched is a session; from then on its repetitions are nothing.
  await phone.send(kept);
  const answer = await phone.until_heard(kept.session, 'answer');
  expect(answer?.rights.join() === 'watch,listen,talk', `an answer that opens and tells the rights: ${JSON.stringify(answer)}`);
  await phone.send(phone.make(kept.session, 'bye', { reason: 'UserHangup' }));
  await perchd.process.wait_for_line(/state=ended reason=UserHangup/, { what: 'the session to end' });
  const answers = phone.mqtt.heard(kept.session, 'answer').length;
  const begun = sessions_begun(perchd);
  for (let i = 0; i < 20; i++) await phone.send(kept);
  await barrier();
  expect(phone.mqtt.heard(kept.session, 'answer').length === answers && sessions_begun(perchd) === begun, 'replayed offers: no answer, no session');
  fact('the broker replays offers: silence');

  // Out of order: candidates, bye and offer all arrive, the bye last counted first.
  const shuffled = new_session();
  const [one, two, three] = ['offer', 'candidates', 'bye'].map((kind) => phone.make(shuffled, kind, { sdp, candidates: [], reason: 'UserHangup' }));
  for (const message of [two, one, three, two, one]) await phone.send(message);
  await phone.until_heard(shuffled, 'answer');
  await barrier();
  await witness.until_state((state) => state.viewers === 0);
  expect(phone.heard(shuffled, 'error').every((error) => error.code === 'unknown_session'), 'early candidates to be told that there is no session yet');
  fact('the broker reorders: the same messages mean the same');

  const stranger = await SealedPeer.connect(world, { viewer: 'kitchen-tablet', key: 'A'.repeat(43) });
  const guessed = stranger.make(new_session(), 'offer', { sdp });
  await gets_silence('a guessed name', guessed.session, () => stranger.send(guessed));
  const impostor = await SealedPeer.connect(world, { viewer: 'phone', key: 'A'.repeat(43) });
  const forged = impostor.make(new_session(), 'offer', { sdp });
  await gets_silence('a known name with another key', forged.session, () => impostor.send(forged));
  const plain = new_session();
  await gets_silence('a plain offer', plain, () => phone.mqtt.send(plain, 'offer', { sdp }));
  const stale = phone.make(new_session(), 'offer', { sdp }, 'A'.repeat(22));
  await gets_silence('an epoch of the broker\'s own', stale.session, () => phone.send(stale));

  // As a broker of several nodes may, or somebody who may write there: what a newcomer reads must be the camera's word.
  const will = '{"v":1,"online":false,"id":"front-door"}';
  const kLies = { 'a last will that comes late': will, 'one that differs by a blank': `${will} `, 'no state at all': '', 'open access': JSON.stringify({ ...witness.state, access: 'open' }) };
  for (const [what, lie] of Object.entries(kLies)) {
    await witness.client.publishAsync('perch/v1/front-door/state', lie, { qos: 1, retain: true });
    const standing = async () => {
      const newcomer = await MqttPeer.connect(world.broker, { viewer: 'newcomer' });
      try {
        return await newcomer.until_state((state) => state.online && state.access === 'sealed', { timeout_ms: 500 }).catch(() => null);
      } finally {
        await newcomer.close();
      }
    };
    await until(standing, { what: `the camera to deny ${what}`, timeout_ms: 10_000 });
  }
  fact(`said in the camera's name and denied: ${Object.keys(kLies).join(', ')}`);

  // Without rights: sound in the offer comes back refused; controls are not for this viewer; nobody watches unasked.
  const deaf = await SealedPeer.invited(world, perchd.invite('deaf', { rights: 'watch' }).link);
  const session = new_session();
  await deaf.send(deaf.make(session, 'offer', { sdp: with_sound, want: { video: true, audio: true, talk: true } }));
  const refused = await deaf.until_heard(session, 'answer');
  expect(/^m=audio 0 /m.test(refused.sdp) && /^m=video [1-9]/m.test(refused.sdp), `pictures without sound: ${refused.sdp}`);
  await deaf.send(deaf.make(session, 'control', { set: { name: 'brightness', value: 0 } }));
  expect((await deaf.until_heard(session, 'error')).code === 'unauthorized', 'controls to be refused');
  await deaf.send(deaf.make(session, 'bye', { reason: 'UserHangup' }));
  // perchctl gives no rights without the one to watch; a hand in the folder may.
  const file_of = (viewer) => join(perchd.config.access.viewers_dir, `${viewer}.toml`);
  writeFileSync(file_of('deaf'), readFileSync(file_of('deaf'), 'utf8').replace(/^rights = .*$/m, 'rights = ["listen", "talk", "control"]'));
  await until(() => /^deaf +listen,talk,control/m.test(perchd.perchctl('viewers')), { what: 'the camera to notice' });
  await deaf.send(deaf.make(new_session(), 'offer', { sdp }));
  const blind = deaf.make(new_session(), 'offer', { sdp });
  await deaf.send(blind);
  expect((await deaf.until_heard(blind.session, 'error')).code === 'unauthorized', 'who may not watch to be refused');
  fact('a viewer without rights asks for more: refused');

  // Revoked in the middle of a session: told once, then silence.
  const watching = new_session();
  await deaf.mqtt.until_state((state) => state.online);
  perchd.perchctl('rights', 'deaf', 'watch');
  await deaf.send(deaf.make(watching, 'offer', { sdp }));
  await deaf.until_heard(watching, 'answer');
  perchd.perchctl('revoke', 'deaf');
  expect((await deaf.until_heard(watching, 'bye')).reason === 'Revoked', 'the reason to be told');
  const again = deaf.make(new_session(), 'offer', { sdp });
  await gets_silence('a revoked viewer', again.session, () => deaf.send(again));

  // An invitation that ends while its viewer watches.
  const soon = perchd.invite('soon', { expires: '1h' });
  const file = file_of('soon');
  const expires = `${new Date(Date.now() + 2500).toISOString().slice(0, 19)}Z`;
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^expires = .*$/m, `expires = ${expires}`));
  const leaving = await SealedPeer.invited(world, soon.link);
  const last = new_session();
  await leaving.send(leaving.make(last, 'offer', { sdp }));
  await leaving.until_heard(last, 'answer');
  expect((await leaving.until_heard(last, 'bye')).reason === 'Expired', 'the end of the invitation to be told');
  const late = leaving.make(new_session(), 'offer', { sdp });
  await gets_silence('an expired invitation', late.session, () => leaving.send(late));

  await perchd.until_camera_closed();
  const key = /key=([^&]*)/.exec(link)[1];
  expect(!perchd.log_text().includes(key) && !JSON.stringify(everything.received).includes(key), 'no key in the log or on the broker');
});
