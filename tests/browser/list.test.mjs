// Without a camera in the link: one camera opens by itself, two are listed with what is on and what is not.
// needs: chromium
import { artifact, browser_test, expect } from './harness/browser_test.mjs';

await browser_test('list', async (world) => {
  await world.start_perchd();
  const alone = await world.open_viewer({ camera: null });
  await alone.first_frame_ms();

  const garden = await world.start_perchd({ name: 'garden', config: { camera: { id: 'garden', name: 'Garden' } } });
  const chooser = await world.open_viewer({ camera: null });
  const text = await chooser.until_text(/Front door[\s\S]*Garden|Garden[\s\S]*Front door/);
  expect(/online/i.test(text) || !/offline/i.test(text), 'both cameras online');
  await garden.stop();
  await chooser.until_text(/offline/i);
  await chooser.screenshot(artifact('list.png'));
  await chooser.page.getByText('Front door').first().click();
  await chooser.first_frame_ms();
});
