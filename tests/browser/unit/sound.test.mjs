// The page's sound: directions, what is asked of Opus, and hold-to-talk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { direction_of, Sound, with_better_opus } from '../../../signaling/viewer/src/sound.js';
import { open_microphone, TalkButton } from '../../../signaling/viewer/src/microphone.js';

const kSdp = ['m=audio 9 UDP/TLS/RTP/SAVPF 111 63', 'a=rtpmap:111 opus/48000/2', 'a=rtcp-fb:111 transport-cc',
  'a=fmtp:111 minptime=10;useinbandfec=1', 'a=rtpmap:63 red/48000/2', ''].join('\r\n');

test('directions say who hears whom', () => {
  assert.equal(direction_of(false, false), 'inactive');
  assert.equal(direction_of(true, false), 'recvonly');
  assert.equal(direction_of(false, true), 'sendonly');
  assert.equal(direction_of(true, true), 'sendrecv');
});

test('Opus gets NACK and stereo, once', () => {
  const better = with_better_opus(kSdp);
  assert.match(better, /a=rtcp-fb:111 nack\r\n/);
  assert.match(better, /a=fmtp:111 minptime=10;useinbandfec=1;stereo=1\r\n/);
  assert.equal(with_better_opus(better), better);
});

test('a description without Opus stays as it is', () => {
  assert.equal(with_better_opus('m=video 9 X 96\r\na=rtpmap:96 H264/90000\r\n'), 'm=video 9 X 96\r\na=rtpmap:96 H264/90000\r\n');
});

/** The few members of RTCPeerConnection that Sound uses. */
function fake_pc() {
  const transceivers = [];
  const add = (kind, { direction }) => {
    const sender = { track: null, replaceTrack: async (track) => void (sender.track = track) };
    transceivers.push({ direction, sender, receiver: { track: { kind } } });
  };
  return { getTransceivers: () => transceivers, addTransceiver: add, transceivers };
}

test('a muted page asks for a silent section only, and for none where the camera has no sound', () => {
  const pc = fake_pc();
  new Sound(pc).prepare({ audio: false, talk: false });
  assert.equal(pc.transceivers.length, 0);
  new Sound(pc).prepare({ audio: true, talk: false });
  assert.equal(pc.transceivers[0].direction, 'inactive');
});

test('turning sound on takes a new offer, turning it off another', () => {
  const pc = fake_pc();
  const sound = new Sound(pc);
  const can = { audio: true, talk: false };
  sound.prepare(can);
  assert.equal(sound.differs(can), false);
  sound.want(true, null);
  assert.equal(sound.differs(can), true);
  sound.prepare(can);
  assert.equal(pc.transceivers[0].direction, 'recvonly');
  assert.equal(sound.differs(can), false);
  sound.want(false, null);
  assert.equal(sound.differs(can), true);
});

test('talking opens the way once; later presses only swap the track', () => {
  const pc = fake_pc();
  const sound = new Sound(pc);
  const can = { audio: true, talk: true };
  sound.prepare(can);
  sound.want(false, 'track');
  assert.equal(sound.differs(can), true);
  sound.prepare(can);
  assert.equal(pc.transceivers[0].direction, 'sendonly');
  assert.equal(pc.transceivers[0].sender.track, 'track');
  sound.want(false, null);
  assert.equal(sound.differs(can), false);
  assert.equal(pc.transceivers[0].sender.track, null);
});

test('a camera without a loudspeaker is not talked to', () => {
  const pc = fake_pc();
  const sound = new Sound(pc);
  sound.prepare({ audio: true, talk: false });
  sound.want(false, 'track');
  assert.equal(sound.differs({ audio: true, talk: false }), false);
});

/** A microphone whose opening the test decides. */
function held_button() {
  const seen = [];
  let decide;
  const open = () => new Promise((resolve, reject) => (decide = { resolve, reject }));
  const button = new TalkButton({ on_track: (track) => seen.push(track), on_error: (code) => seen.push(code) }, open);
  const track = () => ({ stopped: 0, stop() { this.stopped++; } });
  return { button, seen, track, decide: () => decide };
}

test('the microphone is open only while the button is held', async () => {
  const { button, seen, track, decide } = held_button();
  const one = track();
  const pressed = button.press();
  decide().resolve(one);
  await pressed;
  assert.deepEqual(seen, [one]);
  button.release();
  assert.deepEqual(seen, [one, null]);
  assert.equal(one.stopped, 1);
});

test('a button let go before the browser was done leaves no microphone open', async () => {
  const { button, seen, track, decide } = held_button();
  const one = track();
  const pressed = button.press();
  button.release();
  decide().resolve(one);
  await pressed;
  assert.deepEqual(seen, []);
  assert.equal(one.stopped, 1);
});

test('a refused microphone is explained and the button is up again', async () => {
  const { button, seen, decide } = held_button();
  const pressed = button.press();
  decide().reject(new Error('mic_denied'));
  await pressed;
  assert.deepEqual(seen, ['mic_denied']);
  assert.equal(button.held, false);
});

test('browsers say in several ways that there is no microphone', async () => {
  const failing = (name) => ({ getUserMedia: () => Promise.reject(Object.assign(new Error(), { name })) });
  await assert.rejects(open_microphone({}), /mic_insecure/);
  await assert.rejects(open_microphone(failing('NotAllowedError')), /mic_denied/);
  await assert.rejects(open_microphone(failing('NotFoundError')), /mic_missing/);
  await assert.rejects(open_microphone(failing('NotReadableError')), /mic_busy/);
  await assert.rejects(open_microphone(failing('AbortError')), /mic_failed/);
});
