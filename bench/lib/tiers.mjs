// Four viewers whose networks differ tenfold: how many encodes serve them, and what each of them gets.
import { bench } from './bench.mjs';
import { rounded } from '../../tests/browser/harness/figures.mjs';
import { keyframe_rate, kLinks_kbps, off_from_rule, watch_by_four } from '../../tests/browser/harness/four_viewers.mjs';
import { why_not_impaired } from '../../tests/browser/harness/impaired_net.mjs';

const kAbout = `Four viewers (perch_receiver), each in a network namespace behind perch_netsim: 0.4, 1, 2 and 4 Mbit/s, 40 ms round
trip. The last one asks for a key frame 50 times a second. A busy picture that takes what it is given. What is asked of
the encoders is read from the log, what is received is counted by the viewers, in the last --window of --seconds.
Needs root.`;

await bench('tiers', kAbout, { seconds: 60, window: 40 }, async (world, { seconds, window }) => {
  const reason = why_not_impaired();
  if (reason) throw new Error(reason);
  const seen = await watch_by_four(world, { seconds, window });
  return {
    rows: [
      ['network kbit/s', 'received kbit/s', 'key frames/s', 'frames/s', 'packets lost', 'PLIs/s sent'],
      ...seen.viewers.map((one, i) => [kLinks_kbps[i], rounded(one.kbps, 0), rounded(one.keyframes / one.window, 2), rounded(one.frames / seconds), one.lost, rounded(one.plis / seconds)]),
    ],
    figures: {
      tiers_encodes: seen.two_encodes ? 2 : null,
      tiers_main_asked_kbps: rounded(seen.main, 0),
      tiers_low_asked_kbps: rounded(seen.low, 0),
      tiers_fast_off_rule: rounded(off_from_rule(seen), 3),
      tiers_keyframes_per_s: rounded(keyframe_rate(seen), 2),
      ...Object.fromEntries(seen.viewers.map(({ kbps }, i) => [`tiers_kbps_${kLinks_kbps[i]}`, rounded(kbps, 0)])),
    },
    notes: [`asked of the encoders: main ${rounded(seen.main, 0)} kbit/s, low ${rounded(seen.low, 0)} kbit/s${seen.two_encodes ? '' : ', but not both all the time'}`],
  };
});
