// perchctl lists and sets what the camera's driver has, while somebody watches: the picture goes on, and changes. An invited
// viewer with the right to does the same from the page, one without it has no way to.
// needs: chromium
import { artifact, browser_test, expect, fact } from '../browser/harness/browser_test.mjs';
import { until } from '../browser/harness/wait.mjs';
import { with_guest } from './guest.mjs';
import { kPatience_ms } from './watch.mjs';

const config = { video: { source: '/dev/video0', width: 640, height: 360, linger_s: 1, controls: ['contrast=140', 'brihgtness=1'] }, control: { socket: '/run/perch-control' },
  access: { mode: 'sealed', viewers_dir: '/run/perch-viewers' } };

// Runs in the page: mean brightness of the picture [0..255].
function brightness() {
  const context = new OffscreenCanvas(32, 18).getContext('2d');
  context.drawImage(window.__perch.players[0].video, 0, 0, 32, 18);
  const pixels = context.getImageData(0, 0, 32, 18).data;
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 4) sum += pixels[i] + pixels[i + 1] + pixels[i + 2];
  return sum / (32 * 18 * 3);
}

await browser_test('camera_controls', (world) =>
  with_guest(world, { config }, async ({ guest }) => {
    const ctl = async (...words) => JSON.parse(await guest.perchctl(...words));
    const value_of = async (name) => (await ctl('controls', '--json')).controls.find((one) => one.name === name)?.value;
    const closed = await ctl('controls', '--json');
    expect(closed.ok && closed.controls.some((one) => one.name === 'brightness'), `controls while the camera is closed: ${JSON.stringify(closed)}`);

    const places = ['--page', world.broker.page_url, '--broker', world.broker.web_socket_url, '--config', guest.config_file];
    const invite = async (name, rights) => (await ctl('invite', name, '--rights', rights, '--json', ...places)).link;
    const watch_only = await invite('guest', 'watch');
    const viewer = await world.open_viewer({ link: await invite('owner', 'watch,control') });
    await viewer.first_frame_ms({ timeout_ms: kPatience_ms });
    expect((await value_of('contrast')) === 140, 'the control of the configuration to be set when the camera opens');
    await guest.process.wait_for_line(/brihgtness.*did you mean/, { what: 'a misspelt control to be explained' });
    const before = await viewer.page.evaluate(brightness);
    await guest.perchctl('controls', 'brightness=255');
    const brighter = async () => (await viewer.page.evaluate(brightness)) > before + 30;
    await until(brighter, { what: 'a brighter picture', timeout_ms: 10_000 });
    fact(`brightness of the picture ${before.toFixed(0)} before, ${(await viewer.page.evaluate(brightness)).toFixed(0)} after`);
    await viewer.screenshot(artifact('camera_controls.png'));

    const page = viewer.page.locator('perch-camera');
    await page.locator('[data-do=controls]').click();
    const slider = page.locator('[data-control=brightness] input');
    await slider.waitFor({ timeout: 10_000 });
    expect((await slider.inputValue()) === '255', `the slider where the camera is, not ${await slider.inputValue()}`);
    await viewer.screenshot(artifact('camera_controls_panel.png'));
    const bright = await viewer.page.evaluate(brightness);
    await slider.fill('40');
    await until(async () => (await viewer.page.evaluate(brightness)) < bright - 30, { what: 'a darker picture', timeout_ms: 10_000 });
    expect((await value_of('brightness')) === 40, 'what the page set to be set in the driver');
    await guest.perchctl('controls', 'brightness=255');

    expect(/255/.test((await ctl('controls', 'brightness=256')).error), 'a value out of range to be refused with the range');

    await viewer.close();
    await guest.process.wait_for_line(/msg="camera closed"/, { what: 'the camera to be closed', timeout_ms: 15_000 });
    await guest.set_camera('Brightness', 10); // as another program might, meanwhile
    const again = await world.open_viewer({ link: watch_only });
    await again.first_frame_ms({ timeout_ms: kPatience_ms });
    expect((await value_of('brightness')) === 255, 'what was set at run time to be set at the next opening');
    const hidden = await again.page.locator('perch-camera').locator('[data-do=controls]').isHidden();
    expect(hidden, 'no button for controls without the right to set them');
  }),
);
