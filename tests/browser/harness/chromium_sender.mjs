// Chromium as the camera: the reference that congestion control is measured against. Two pages, signaling through us.
import { busy_picture } from './busy_picture.mjs';
import { kMedia } from './impaired_net.mjs';
import { until } from './wait.mjs';

/** Any secure origin will do; nothing is fetched from it. */
const kOrigin = 'https://reference.test/';

/** In both pages: window.described(pc) resolves with the local description once all its candidates are in it. */
function install_described() {
  window.described = async (pc) => {
    const complete = new Promise((resolve) => {
      pc.addEventListener('icegatheringstatechange', () => pc.iceGatheringState === 'complete' && resolve());
    });
    await pc.setLocalDescription();
    await complete;
    return pc.localDescription.sdp;
  };
}

async function empty_page(browser) {
  const page = await browser.new_page({ init: install_described });
  await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><video autoplay muted playsinline></video>' }));
  await page.goto(kOrigin);
  return page;
}

/** In the sending page: the busy picture as a live track. */
function make_track({ width, height, fps }, busy_picture) {
  const { frames, stamp } = busy_picture({ width, height });
  const generator = new MediaStreamTrackGenerator({ kind: 'video' });
  const writer = generator.writable.getWriter();
  const start = performance.now();
  let number = 0;
  function next() {
    const picture = frames[number % frames.length];
    stamp(picture, number, Date.now());
    const timestamp = Math.round((performance.now() - start) * 1000);
    writer.write(new VideoFrame(picture, { format: 'I420', codedWidth: width, codedHeight: height, timestamp }));
    // A frame whose time has passed is left out, as a camera would.
    number = Math.max(number + 1, Math.ceil(((performance.now() - start) * fps) / 1000));
    setTimeout(next, start + (number * 1000) / fps - performance.now());
  }
  next();
  return generator;
}

/** In the sending page: an offer with all its candidates. */
async function offer({ max_bitrate, picture, sources }) {
  // Functions arrive as text.
  const [make_track, busy_picture] = sources.map((source) => new Function(`return (${source})`)());
  const track = make_track(picture, busy_picture);
  const pc = (window.pc = new RTCPeerConnection());
  const transceiver = pc.addTransceiver(track, { direction: 'sendonly', sendEncodings: [{ maxBitrate: max_bitrate }] });
  const { codecs } = RTCRtpSender.getCapabilities('video');
  const wanted = codecs.some(({ mimeType }) => mimeType === 'video/H264') ? 'video/H264' : 'video/VP8';
  transceiver.setCodecPreferences([...codecs.filter(({ mimeType }) => mimeType === wanted), ...codecs.filter(({ mimeType }) => /rtx$/.test(mimeType))]);
  return { sdp: await window.described(pc), codec: wanted };
}

/** In the viewing page: the answer; the page then looks to probes as the viewer's page does. */
async function answer(sdp) {
  const pc = new RTCPeerConnection();
  const video = document.querySelector('video');
  window.__perch = { players: [{ pc, video }] };
  pc.ontrack = ({ streams, track }) => (video.srcObject = streams[0] ?? new MediaStream([track]));
  await pc.setRemoteDescription({ type: 'offer', sdp });
  return window.described(pc);
}

// Nothing but the impaired path may be tried.
const media_path_only = (sdp) => sdp.split('\r\n').filter((line) => !line.startsWith('a=candidate') || line.includes(` ${kMedia.here} `)).join('\r\n');

/** Connects a page of `sender` to a page of `viewer`; resolves when pictures arrive: {page: the viewing one, codec, close()}. */
export async function connect_reference({ sender, viewer, picture, max_bitrate }) {
  const [from, to] = [await empty_page(sender), await empty_page(viewer)];
  const offered = await from.evaluate(offer, { max_bitrate, picture, sources: [make_track, busy_picture].map(String) });
  const answered = await to.evaluate(answer, media_path_only(offered.sdp));
  await from.evaluate((sdp) => window.pc.setRemoteDescription({ type: 'answer', sdp }), answered);
  await until(() => to.evaluate(() => document.querySelector('video').videoWidth > 0), { what: 'a picture from the other Chromium', timeout_ms: 20_000 });
  const close = async () => {
    await from.context().close();
    await to.context().close();
  };
  return { page: to, codec: offered.codec, close };
}
