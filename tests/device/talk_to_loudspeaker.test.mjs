// An invited viewer holds the talk button: what their microphone hears comes out of the board's loudspeaker soon after; a
// second one is told that somebody is speaking and has the floor when the first is done. Who may not talk has no button,
// and is refused by the camera when asking all the same.
// needs: chromium
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifact, browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { median, rounded } from '../browser/harness/figures.mjs';
import { MqttPeer } from '../browser/harness/mqtt_peer.mjs';
import { root } from '../browser/harness/paths.mjs';
import { SealedPeer } from '../browser/harness/sealed_peer.mjs';
import { Ear } from './ear.mjs';
import { with_guest } from './guest.mjs';
import { fake_microphone, hold_talk, kBeep_hertz, let_go, talk_delays, talker_page } from './talk.mjs';
import { kPatience_ms } from './watch.mjs';

const with_sound = readFileSync(join(root, 'tests/signaling/fixtures/chromium-video-audio-offer-hand-made.sdp'), 'utf8');
const guests = { first: { rights: 'watch,talk' }, second: { rights: 'watch,talk' }, mute: { rights: 'watch,listen' } };
const config = { video: { source: '/dev/video0', width: 320, height: 180, fps: 15 }, audio: { source: 'off' }, talk: { sink: 'alsa:hw:Loopback,0,0' } };

const talk_is_hidden = (viewer) => viewer.page.evaluate(() => document.querySelector('perch-camera').shadowRoot.querySelector('[data-do=talk]').hidden);

/** What the camera makes of an offer to send sound that comes with `link`. */
async function asks_to_talk(world, link) {
  const peer = await SealedPeer.invited(world, link);
  const session = MqttPeer.new_session();
  await peer.send(peer.make(session, 'offer', { sdp: with_sound, want: { video: true, audio: false, talk: true } }));
  const { sdp, rights } = await peer.until_heard(session, 'answer');
  await peer.send(peer.make(session, 'bye', { reason: 'UserHangup' }));
  return { port: /^m=audio (\d+)/m.exec(sdp)[1], rights: rights.join() };
}

await browser_test('talk_to_loudspeaker', async (world) => {
  const ear = await Ear.open(process.env.PERCH_HEAR_BEEPS, 'hw:Loopback,1,0');
  process.env.PERCH_EAR = ear.command;
  await with_guest(world, { camera: 'vivid_with_ear', config, guests }, async ({ guest, peer }) => {
    fact(`clocks compared within ${rounded(await ear.set_clock())} ms`);
    await peer.until_state((state) => state.talk && !state.talking, { what: 'state with talk' });
    await world.start_chromium({ flags: fake_microphone(world) });
    const open = (name) => world.open_viewer({ ...talker_page, link: guest.invitations[name].link });
    const mute = await open('mute');
    await mute.first_frame_ms({ timeout_ms: kPatience_ms });
    expect(await talk_is_hidden(mute), 'no button to talk for who may only watch and listen');
    const refused = await asks_to_talk(world, guest.invitations.mute.link);
    expect(refused.port === '0' && refused.rights === 'watch,listen', `an offer to talk to be refused: ${JSON.stringify(refused)}`);
    fact('without the right to talk: no button, and the offer of sound is refused');
    await mute.close();

    const viewer = await open('first');
    const second = await open('second');
    for (const one of [viewer, second]) await one.first_frame_ms({ timeout_ms: kPatience_ms });
    expect((await viewer.page.evaluate(() => window.__mouth.length)) === 0, 'no microphone before the button is pressed');

    await hold_talk(viewer);
    await peer.until_state((state) => state.talking, { what: 'state: somebody is speaking', timeout_ms: 10_000 });
    await second.page.waitForFunction(() => document.querySelector('perch-camera').shadowRoot.querySelector('[data-do=talk]').disabled);
    await viewer.screenshot(artifact('talk.png'));
    await second.screenshot(artifact('talk_taken.png'));
    const delays = await talk_delays(viewer, ear, 20);
    const hertz = { mouth: median(await viewer.page.evaluate(() => window.__mouth.map((beep) => beep.hertz))), ear: median(ear.beeps.map((beep) => beep.hertz)) };
    fact(`${delays.length} beeps of ${rounded(hertz.ear)} Hz (microphone: ${rounded(hertz.mouth)} Hz), ${rounded(median(delays))} ms from mouth to ear`);
    expect(delays.length >= 10, `most beeps to be recognised, not ${delays.length} of ${ear.beeps.length}`);
    expect(Math.abs(hertz.ear / kBeep_hertz - 1) < 0.05, `the same height: ${JSON.stringify(hertz)}`);
    expect(median(delays) < 250, `mouth to ear within 250 ms even in a slow guest, not ${median(delays)}`);

    await let_go(viewer);
    await peer.until_state((state) => !state.talking, { what: 'state: silence', timeout_ms: 5_000 });
    await hold_talk(second);
    await peer.until_state((state) => state.talking, { what: 'the second viewer to have the floor', timeout_ms: 10_000 });
    await let_go(second);
    await guest.process.wait_for_line(/mod=talk state=closed/, { what: 'the loudspeaker to be closed', timeout_ms: 15_000 });
  });
  ear.close();
});
