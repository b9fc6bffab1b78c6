// An invitation opened where most cameras at home have their page: on plain http at an address of the network. Such a page
// is no secure context (W3C Secure Contexts §3.1), the browser gives it no cryptography (crypto.subtle), and ours must do.
// needs: chromium
import { browser_test, expect, expect_moving_pictures, fact } from './harness/browser_test.mjs';
import { kSignaling } from './harness/impaired_net.mjs';

await browser_test('sealed_plain_http', async (world) => {
  await world.start_broker({ listen: kSignaling.here });
  const perchd = await world.start_perchd({ sealed: true, guests: { phone: { rights: 'watch' } } });
  const { link } = perchd.invitations.phone;
  expect(link.startsWith(`http://${kSignaling.here}:`), `a plain link, not ${link}`);

  const viewer = await world.open_viewer({ link });
  await viewer.first_frame_ms();
  await viewer.start_probe();
  const { first, last } = expect_moving_pictures(await viewer.until_samples(45));
  const page = await viewer.page.evaluate(() => ({ secure: isSecureContext, subtle: Boolean(crypto.subtle) }));
  expect(!page.secure && !page.subtle, `no secure context and no crypto.subtle, not ${JSON.stringify(page)}`);
  fact(`frames ${first}..${last} without crypto.subtle`);
  await world.perchd.stop();
});
