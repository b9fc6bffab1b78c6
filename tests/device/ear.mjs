// Somebody in the guest who hears the board's loudspeaker (hear_beeps_main.cpp), on this machine's clock.
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { until } from '../browser/harness/wait.mjs';

export class Ear {
  /** Beeps heard: {at: Date.now() on this machine [ms], hertz}. */
  beeps = [];
  #offset = null; // guest's clock minus ours [ms], of the quickest answer
  #best_round_trip = Infinity;
  #socket = null;
  #asked_at = 0;

  /** `command` is what the guest has to run. */
  static async open(program, device) {
    const ear = new Ear();
    ear.server = createServer((socket) => ear.#on_connection(socket));
    await new Promise((resolve) => ear.server.listen(0, resolve));
    ear.command = `${program} 10.77.0.1 ${ear.server.address().port} ${device}`;
    return ear;
  }

  /** Asks for the guest's clock until `rounds` answers are in; the quickest one counts. */
  async set_clock(rounds = 50) {
    await until(() => this.#socket !== null, { what: 'the ear to call', timeout_ms: 30_000 });
    for (let round = 0; round < rounds; round++) {
      const answered = new Promise((resolve) => (this.on_clock = resolve));
      this.#asked_at = performance.timeOrigin + performance.now();
      this.#socket.write('clock\n');
      await answered;
    }
    return this.#best_round_trip;
  }

  close() {
    this.#socket?.destroy();
    this.server.close();
  }

  #on_connection(socket) {
    socket.setNoDelay(true);
    this.#socket = socket.on('error', () => {});
    createInterface({ input: socket }).on('line', (line) => this.#on_line(JSON.parse(line)));
  }

  #on_line({ beep, hertz, clock }) {
    if (beep !== undefined) return this.beeps.push({ guest_ms: beep, hertz, at: beep - this.#offset });
    const now = performance.timeOrigin + performance.now();
    const round_trip = now - this.#asked_at;
    if (round_trip < this.#best_round_trip) {
      this.#best_round_trip = round_trip;
      this.#offset = clock - (now + this.#asked_at) / 2;
    }
    this.on_clock();
  }
}
