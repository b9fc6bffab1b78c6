// What a page is told to observe about its sound: when beeps are heard and how high they are, and when flashes are seen.
// Both functions run inside the page.

/**
 * Starts listening to player `index`; leaves `window.__sound`. Per beep {at: performance.now() at the ear [ms],
 * hertz, level [0..1]}. "At the ear": the time the browser's audio clock gives for the sample (W3C Web Audio
 * getOutputTimestamp), so what the browser buffers on the way to the output is in it. Called again, it goes on with an
 * audio graph that is new: one whose machine had a hiccup stays that much behind for good.
 */
export async function install_sound_probe({ index = 0 } = {}) {
  const detector = `
    const kQuiet_s = 0.2, kThreshold = 0.05, kLook_s = 0.06;
    registerProcessor("beeps", class extends AudioWorkletProcessor {
      #loud_at = -1; #beep = null; #last = 0;
      process([[samples]]) {
        for (let i = 0; samples && i < samples.length; i++) this.#hear(samples[i], (currentFrame + i) / sampleRate);
        return true;
      }
      #hear(value, time) {
        const loud = Math.abs(value) > kThreshold;
        if (loud && !this.#beep && time - this.#loud_at > kQuiet_s) this.#beep = { time, rises: 0, level: 0, first: 0, end: 0 };
        if (loud) this.#loud_at = time;
        if (this.#beep) this.#measure(this.#beep, value, time);
        this.#last = value;
      }
      #measure(beep, value, time) {
        beep.level = Math.max(beep.level, Math.abs(value));
        if (this.#last < 0 && value >= 0) {
          if (!beep.first) beep.first = time; else beep.rises++;
          beep.end = time;
        }
        if (time - beep.time < kLook_s) return;
        this.port.postMessage({ time: beep.time, hertz: beep.rises / (beep.end - beep.first), level: beep.level });
        this.#beep = null;
      }
    });`;
  const video = window.__perch.players[index].video;
  const context = new AudioContext({ latencyHint: 'interactive' });
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([detector], { type: 'text/javascript' })));
  await context.resume();
  const node = new AudioWorkletNode(context, 'beeps', { numberOfInputs: 1, numberOfOutputs: 1, channelCount: 1, channelCountMode: 'explicit' });
  const beeps = window.__sound?.beeps ?? [];
  await window.__sound?.context.close();
  node.port.onmessage = ({ data: { time, hertz, level } }) => {
    const { contextTime, performanceTime } = context.getOutputTimestamp();
    beeps.push({ at: performanceTime + (time - contextTime) * 1000, hertz, level });
  };
  const [track] = video.srcObject.getAudioTracks();
  context.createMediaStreamSource(new MediaStream([track])).connect(node).connect(context.destination);
  window.__sound = { beeps, context };
}

/** Starts watching the upper right corner; leaves `window.__flashes`: performance.now() [ms] when each came on screen. */
export function install_flash_probe({ index = 0 } = {}) {
  const video = window.__perch.players[index].video;
  const context = Object.assign(document.createElement('canvas'), { width: 4, height: 4 }).getContext('2d', { willReadFrequently: true });
  const flashes = (window.__flashes = []);
  let bright = true; // a flash already there when we begin has no beginning
  video.requestVideoFrameCallback(function on_frame(now, { expectedDisplayTime }) {
    video.requestVideoFrameCallback(on_frame);
    const { videoWidth: width, videoHeight: height } = video;
    context.drawImage(video, width * 0.89, height * 0.02, width * 0.1, height * 0.06, 0, 0, 4, 4);
    const pixels = context.getImageData(0, 0, 4, 4).data;
    let sum = 0;
    for (let i = 0; i < pixels.length; i += 4) sum += pixels[i] + pixels[i + 1] + pixels[i + 2];
    const is_bright = sum / 48 > 128;
    if (is_bright && !bright) flashes.push(expectedDisplayTime);
    bright = is_bright;
  });
}

/**
 * Starts listening to the viewer's own microphone, from inside getUserMedia (so it runs before the page's scripts);
 * leaves `window.__mouth`: beeps {at: Date.now() [ms] when the browser handed the sound on, hertz}.
 */
export function install_mouth_probe() {
  const detector = `
    registerProcessor("mouth", class extends AudioWorkletProcessor {
      #loud = -1; #beep = null; #last = 0;
      process([[samples]]) {
        const now = Date.now();
        for (let i = 0; samples && i < samples.length; i++) this.#hear(samples[i], (currentFrame + i) / sampleRate, now);
        return true;
      }
      #hear(value, time, now) {
        const loud = Math.abs(value) > 0.03;
        if (loud && !this.#beep && time - this.#loud > 0.2) this.#beep = { time, at: now, rises: 0, first: 0, end: 0 };
        if (loud) this.#loud = time;
        if (this.#beep && this.#last < 0 && value >= 0) {
          if (!this.#beep.first) this.#beep.first = time; else this.#beep.rises++;
          this.#beep.end = time;
        }
        if (this.#beep && time - this.#beep.time > 0.015) {
          const { at, rises, first, end } = this.#beep;
          this.port.postMessage({ at, hertz: rises / (end - first) });
          this.#beep = null;
        }
        this.#last = value;
      }
    });`;
  const beeps = (window.__mouth = []);
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    const stream = await ask(constraints);
    const context = new AudioContext({ latencyHint: 'interactive' });
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([detector], { type: 'text/javascript' })));
    const node = new AudioWorkletNode(context, 'mouth', { channelCount: 1, channelCountMode: 'explicit' });
    node.port.onmessage = ({ data }) => beeps.push(data);
    context.createMediaStreamSource(stream).connect(node).connect(context.destination);
    return stream;
  };
}
