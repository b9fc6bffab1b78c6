// What several unit tests of the page need: a watch driven in virtual time, and a camera's state.

import { Watch } from "../../../signaling/viewer/src/watch.js";

/** A parsed state as messages.js gives it. */
export const camera_state = (changes = {}) => ({
  camera: "front-door", online: true, name: "Front door", epoch: "e1", access: "open", health: "ok",
  viewers: 0, max_viewers: 8, audio: [], talk: false, talking: false, deaf: false, invited: true, ice_servers: [], ...changes,
});

export const offline_state = () => camera_state({ online: false, epoch: "" });

/** A watch with a clock of its own; `random` is fixed so that pauses are known. */
export class Scene {
  now = 1_000;
  watch;

  constructor(options = {}) {
    this.watch = new Watch({ random: () => 0, ...options });
  }

  get phase() {
    return this.watch.phase;
  }

  /** Feeds one event: tell("on_bye", "Restarting"). */
  tell(event, ...values) {
    this.watch[event](this.now, ...values);
    return this;
  }

  /** Lets time pass, running every deadline on the way at its own time. */
  pass(ms) {
    const end = this.now + ms;
    for (let steps = 0; this.watch.deadline() <= end; steps++) {
      if (steps > 1_000) throw new Error("a deadline that never moves on");
      this.now = Math.max(this.now, this.watch.deadline());
      this.watch.on_deadline(this.now);
    }
    this.now = end;
    return this;
  }

  /** Frames at 30 fps for `ms`. */
  stream(ms) {
    for (let shown = 0; shown < ms; shown += 33) this.pass(33).tell("on_frame");
    return this;
  }

  actions() {
    const all = [];
    for (let one = this.watch.next_action(); one; one = this.watch.next_action()) all.push(one);
    return all;
  }

  /** As far as a call on its way. */
  static calling(options) {
    const scene = new Scene(options).tell("on_broker", true).tell("on_state", camera_state());
    scene.actions();
    return scene;
  }

  /** As far as `ms` of moving pictures. */
  static live(ms = 5_000) {
    const scene = Scene.calling().tell("on_answer").tell("on_transport", "connected").tell("on_frame").stream(ms);
    scene.actions();
    return scene;
  }
}
