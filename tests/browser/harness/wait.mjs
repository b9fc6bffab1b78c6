// Waiting for conditions, never for time: each wait has a bound and says what did not happen.

/**
 * Resolves with the first truthy value of `check` (sync or async), polled every `every_ms`.
 * On time-out throws an Error naming `what`, with `detail()` (a log's tail, say) appended.
 */
export async function until(check, { what, timeout_ms = 10_000, every_ms = 15, detail = () => '' }) {
  const give_up = performance.now() + timeout_ms;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (performance.now() > give_up) throw new Error(`${what}: not within ${timeout_ms} ms\n${detail()}`);
    await new Promise((resolve) => setTimeout(resolve, every_ms));
  }
}

/** The promise's outcome, or an Error naming `what` after `timeout_ms`. */
export async function within(promise, { what, timeout_ms, detail = () => '' }) {
  let timer;
  const expiry = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${timeout_ms} ms\n${detail()}`)), timeout_ms);
  });
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

/** A measuring window: time itself is what is asked for here, so this is the one plain delay. */
export const measuring_window = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
