// Time from publishing the offer to the first decoded frame on screen, with the camera running and with it closed.
import { bench, progress } from './bench.mjs';
import { median, percentile, rounded } from '../../tests/browser/harness/figures.mjs';

const kAbout = `Chromium joins with a fresh page and session each time, broker included, test pattern 1280x720p30.
warm: another viewer keeps the camera open. cold: the camera was closed before each join.
The very first join of the fresh browser is shown by itself and not counted.`;

async function join_once(world) {
  const viewer = await world.open_viewer();
  const first_frame_ms = await viewer.first_frame_ms({ timeout_ms: 30_000 });
  const { marks } = await viewer.player();
  await viewer.close();
  return { first_frame_ms, answer_ms: marks.answer - marks.offer_published, connected_ms: marks.connected - marks.offer_published };
}

async function joins_after(count, prepare, world, words) {
  const joins = [];
  for (let i = 1; i <= count; i++) {
    await prepare();
    joins.push(await join_once(world));
    if (i % 5 === 0) progress(`${words}: ${i} of ${count} joins`);
  }
  return joins;
}

const row = (name, joins) => {
  const firsts = joins.map((join) => join.first_frame_ms);
  return [
    name,
    joins.length,
    rounded(median(joins.map((join) => join.answer_ms))),
    rounded(median(joins.map((join) => join.connected_ms))),
    rounded(median(firsts)),
    rounded(percentile(firsts, 90)),
    rounded(Math.max(...firsts)),
  ];
};

await bench('first_frame', kAbout, { joins: 20 }, async (world, { joins: count }) => {
  const perchd = await world.start_perchd({ config: { video: { linger_s: 0 } } });
  const peer = await world.connect_peer();
  await world.start_chromium();
  const closed = async () => {
    await peer.until_state((state) => state.viewers === 0, { what: 'the last viewer to be gone' });
    await perchd.until_camera_closed();
  };

  const priming = [await join_once(world)];
  const cold = await joins_after(count, closed, world, 'cold');
  await closed();
  const keeper = await world.open_viewer();
  await keeper.first_frame_ms();
  const alone = () => peer.until_state((state) => state.viewers === 1, { what: 'only the viewer that keeps the camera open' });
  const warm = await joins_after(count, alone, world, 'warm');
  await keeper.close();

  const firsts = (joins) => joins.map((join) => join.first_frame_ms);
  return {
    rows: [
      ['first frame [ms after the offer]', 'joins', 'answer', 'connected', 'median', 'p90', 'worst'],
      row('warm', warm),
      row('cold', cold),
      row('first join of a fresh browser', priming),
    ],
    figures: {
      first_frame_warm_ms_median: rounded(median(firsts(warm))),
      first_frame_warm_ms_p90: rounded(percentile(firsts(warm), 90)),
      first_frame_cold_ms_median: rounded(median(firsts(cold))),
      first_frame_cold_ms_p90: rounded(percentile(firsts(cold), 90)),
      joins: count,
    },
  };
});
