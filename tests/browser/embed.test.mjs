// The module on somebody else's page: <perch-camera> plays there, two of them side by side.
// needs: chromium
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifact, browser_test, expect } from './harness/browser_test.mjs';
import { page_dir } from './harness/paths.mjs';
import { Viewer } from './harness/viewer.mjs';

/** A web server with one page that embeds cameras, as a stranger would write it. */
function serve(html) {
  const server = createServer((request, response) => {
    const module = request.url === '/perch-camera.js';
    response.setHeader('Content-Type', module ? 'text/javascript' : 'text/html');
    response.end(module ? readFileSync(join(page_dir, 'perch-camera.js')) : html);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

await browser_test('embed', async (world) => {
  await world.start_perchd();
  const broker = `ws://${world.broker.listen}:${world.broker.web_port}`;
  const camera = `<perch-camera broker="${broker}" camera="front-door" style="display:block;width:600px"></perch-camera>`;
  const server = await serve(`<!doctype html><title>My house</title><script type="module" src="perch-camera.js"></script>${camera}${camera}`);
  const page_url = `http://127.0.0.1:${server.address().port}/`;
  await world.start_chromium();
  const viewer = await Viewer.open(world.chromium, { page_url }, { camera: null });
  for (const index of [0, 1]) {
    await viewer.first_frame_ms({ index });
    await viewer.until_frames_advance({ index, count: 30 });
  }
  await viewer.screenshot(artifact('embed.png'));
  const sessions = [(await viewer.player(0)).session, (await viewer.player(1)).session];
  expect(sessions[0] !== sessions[1], 'a session for each of the two');
  server.close();
});
