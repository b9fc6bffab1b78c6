// The frame of a test behind a bad network: agent and viewer in two namespaces, one scenario, its figures.
import { browser_test, fact } from '../browser/harness/browser_test.mjs';
import { rounded } from '../browser/harness/figures.mjs';
import { back_ms, recovery_ms, summary } from '../browser/harness/impaired_figures.mjs';
import { ImpairedLab, kScenarios } from '../browser/harness/impaired_lab.mjs';
import { why_not_impaired } from '../browser/harness/impaired_net.mjs';

/** Exits with 77 and one line where there can be no such network. */
export function skip_where_impossible() {
  const reason = why_not_impaired();
  if (!reason) return;
  console.log(`skipped: ${reason}`);
  process.exit(77);
}

/**
 * Runs the scenario `name` for `seconds` with the agent as the camera; `judge` gets its summary() with `recover_ms` and
 * `back_ms`, counted from the end of what ends. A small picture, so that a build with sanitizers keeps up.
 */
export async function impaired_test(name, { seconds, warm_up_s = 8 }, judge) {
  skip_where_impossible();
  await browser_test(`impaired_${name}`, async (world) => {
    const lab = await ImpairedLab.open(world, { width: 640, height: 360, reference: false });
    const scenario = { ...kScenarios[name], seconds };
    const run = await lab.run(scenario, { camera: 'perch', warm_up_s });
    await lab.close();
    const over = run.from + 1000 * (scenario.ends_s ?? 0);
    const seen = { ...summary(run, run.from, run.to), recover_ms: recovery_ms(run.frames, over, run.to), back_ms: back_ms(run.frames, over) };
    fact(Object.entries(seen).map(([key, value]) => `${key} ${rounded(value)}`).join(', '));
    fact(`link: ${JSON.stringify(run.link.a_to_b)}`);
    judge(seen);
  });
}
