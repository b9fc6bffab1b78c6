// Everything wrong that a viewer can say over the broker: each gets its error, and a viewer who behaves notices nothing.
// needs: chromium
import { browser_test, expect, expect_moving_pictures, fact, longest_gap } from './harness/browser_test.mjs';
import { rounded } from './harness/figures.mjs';
import { MqttPeer } from './harness/mqtt_peer.mjs';

/** An offer as the browser at hand really makes it, with host candidates left out. */
async function real_offer(viewer) {
  return viewer.page.evaluate(async () => {
    const pc = new RTCPeerConnection();
    pc.addTransceiver('video', { direction: 'recvonly' });
    const { sdp } = await pc.createOffer();
    pc.close();
    return sdp;
  });
}

const without_lines = (sdp, pattern) => sdp.split('\r\n').filter((line) => !pattern.test(line)).join('\r\n');
const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);
const sections = (sdp, count) => {
  const from = sdp.indexOf('m=video');
  return sdp.slice(0, from) + sdp.slice(from).repeat(count);
};

/** [name, kind, raw payload or body, codes that would do]. */
function wrong_messages(sdp) {
  const vp8_only = sdp.replaceAll(/H264/g, 'X264');
  return [
    ['not JSON', 'offer', 'hello', ['bad_request']],
    ['half a JSON object', 'offer', '{"v":1,"seq":0', ['bad_request']],
    ['bytes that are no UTF-8', 'offer', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), ['bad_request']],
    ['nothing at all', 'offer', '', ['bad_request']],
    ['an array', 'offer', '[1,2,3]', ['bad_request']],
    ['nested 20 deep inside', 'offer', `{"v":1,"seq":0,"sdp":"x","extra":${nested(20)}}`, ['bad_request', 'too_large']],
    ['nested 30,000 deep', 'offer', nested(30_000), ['bad_request', 'too_large']],
    ['1 MiB', 'offer', JSON.stringify({ v: 1, seq: 0, sdp: 'x'.repeat(1 << 20) }), ['too_large']],
    ['sdp as a number', 'offer', { sdp: 5 }, ['bad_request']],
    ['sdp as an object', 'offer', { sdp: { type: 'offer' } }, ['bad_request']],
    ['no sdp', 'offer', {}, ['bad_request']],
    ['want as a string', 'offer', { sdp, want: 'video' }, ['bad_request']],
    ['version as text', 'offer', { v: '1', sdp }, ['bad_request', 'unsupported_version']],
    ['version 2', 'offer', { v: 2, sdp }, ['unsupported_version']],
    ['sdp over 16 KiB', 'offer', { sdp: sdp + 'a=x-padding:1\r\n'.repeat(1500) }, ['too_large']],
    ['200 m-lines', 'offer', { sdp: sections(sdp, 200).slice(0, 60_000) }, ['too_large', 'bad_request']],
    ['200 short m-lines', 'offer', { sdp: sections(sdp.split('m=video')[0] + 'm=video 9 X 0\r\n', 200) }, ['bad_request', 'too_large', 'no_common_codec']],
    ['sdp that is prose', 'offer', { sdp: 'once upon a time' }, ['bad_request']],
    ['sdp with lone CRs', 'offer', { sdp: sdp.replaceAll('\r\n', '\r') }, ['bad_request', 'too_large']],
    ['sdp with a null', 'offer', { sdp: sdp.replace('m=video', 'm=vi\0deo') }, ['bad_request']],
    ['no H.264', 'offer', { sdp: vp8_only }, ['no_common_codec']],
    ['no fingerprint', 'offer', { sdp: without_lines(sdp, /^a=fingerprint/) }, ['bad_request']],
    ['no ice-ufrag', 'offer', { sdp: without_lines(sdp, /^a=ice-ufrag/) }, ['bad_request']],
    ['candidates for no session', 'candidates', { candidates: [{ candidate: 'candidate:1 1 udp 1 10.0.0.1 9 typ host', mid: '0' }], done: false }, ['unknown_session']],
    ['an answer for no session', 'answer', { sdp }, ['unknown_session', 'bad_request']],
    ['a kind of its own', 'dance', {}, ['bad_request', 'unknown_session']],
  ];
}

/** Sends one wrong message as a viewer of its own (each viewer has its own rate limit); returns the camera's error code. */
async function code_for(world, viewer_id, kind, content) {
  const peer = await MqttPeer.connect(world.broker, { viewer: viewer_id });
  try {
    await peer.until_state((state) => state.online);
    const session = MqttPeer.new_session();
    const raw = typeof content === 'string' || Buffer.isBuffer(content);
    await (raw ? peer.send_raw(session, kind, content) : peer.send(session, kind, content));
    const { code, message } = await peer.until_heard(session, 'error', { what: `an error to ${viewer_id}` });
    expect(typeof message === 'string' && message.length > 0, 'a message for a person with the code');
    return code;
  } finally {
    await peer.close();
  }
}

async function same_offer_twice(world, sdp) {
  const peer = await MqttPeer.connect(world.broker, { viewer: 'twice' });
  await peer.until_state((state) => state.online);
  const session = MqttPeer.new_session();
  const offer = JSON.stringify({ v: 1, seq: 0, epoch: peer.state.epoch, sdp, want: { video: true } });
  await peer.send_raw(session, 'offer', offer);
  await peer.send_raw(session, 'offer', offer);
  const { sdp: answer } = await peer.until_heard(session, 'answer');
  expect(/^a=setup:active/m.test(answer) && /H264\/90000/.test(answer), 'an answer with H.264 and the active DTLS role');
  await peer.send(session, 'bye', { reason: 'UserHangup' });
  expect(peer.heard(session, 'error').length === 0, `no error to a repeated offer: ${JSON.stringify(peer.heard(session, 'error'))}`);
  await peer.close();
}

async function too_many_sessions(world, sdp) {
  const peer = await MqttPeer.connect(world.broker, { viewer: 'eager' });
  await peer.until_state((state) => state.online);
  const sessions = Array.from({ length: 6 }, () => MqttPeer.new_session());
  for (const session of sessions) await peer.send(session, 'offer', { sdp, want: { video: true } });
  const { code } = await peer.until_heard(sessions[5], 'error');
  expect(code === 'rate_limited', `rate_limited for the sixth session in 10 s, not ${code}`);
  for (const session of sessions) await peer.send(session, 'bye', { reason: 'UserHangup' });
  await peer.close();
}

await browser_test('bad_offer', async (world) => {
  const perchd = await world.start_perchd({ config: { access: { max_viewers: 16 } } });
  const watcher = await world.open_viewer();
  await watcher.first_frame_ms();
  await watcher.until_frames_advance({ count: 15 });
  await watcher.start_probe();
  const sdp = await real_offer(watcher);

  const wrong = [];
  const cases = wrong_messages(sdp);
  for (const [index, [name, kind, content, codes]] of cases.entries()) {
    const code = await code_for(world, `wrong-${index}`, kind, content).catch((error) => error.message.split('\n')[0]);
    if (!codes.includes(code)) wrong.push(`${name}: ${code} instead of ${codes.join(' or ')}`);
  }
  fact(`${cases.length - wrong.length} of ${cases.length} wrong messages answered as they should be`);
  await same_offer_twice(world, sdp);
  await too_many_sessions(world, sdp);

  const samples = await watcher.samples();
  expect_moving_pictures(samples);
  fact(`the good viewer's longest pause between frames: ${rounded(longest_gap(samples))} ms`);
  expect(longest_gap(samples) < 1000, 'the good viewer undisturbed');
  expect(wrong.length === 0, `the right codes, but\n  ${wrong.join('\n  ')}`);
  await perchd.stop();
});
