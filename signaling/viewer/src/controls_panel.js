// The camera's own controls as a small form: brightness, focus and whatever else its driver has.

const kAnswerLimit_ms = 4_000;

function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const as_sentence = (text) => text && `${text[0].toUpperCase()}${text.slice(1)}.`;

/** Fills `form`, which others show and hide. `set(name, value)` is called for each change a person makes. */
export class ControlsPanel {
  #form;
  #set;
  #rows = new Map(); // by name: {signature, update}
  #note = make("p", { role: "status" });
  #silence = null;

  constructor(form, set) {
    this.#form = form;
    this.#set = set;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.append(this.#note);
    this.#say("Asking the camera…");
  }

  /** `{controls, error}` as messages.js reads them. An error alone leaves what is shown. */
  show({ controls, error }) {
    clearTimeout(this.#silence);
    this.#say(as_sentence(error) || (controls.length ? "" : "This camera has no controls."));
    if (!controls.length) return;
    const gone = [...this.#rows.keys()].filter((name) => !controls.some((one) => one.name === name));
    for (const name of gone) this.#drop(name);
    for (const control of controls) this.#row(control).update(control);
  }

  #say(text) {
    this.#note.textContent = text;
    this.#note.hidden = !text;
  }

  #drop(name) {
    this.#rows.get(name).label.remove();
    this.#rows.delete(name);
  }

  // A row is kept while its range stays, so that a slider is not torn from under the finger that moves it.
  #row(control) {
    const signature = JSON.stringify([control.kind, control.min, control.max, control.step, control.items]);
    const known = this.#rows.get(control.name);
    if (known?.signature === signature) return known;
    if (known) this.#drop(control.name);
    const row = { signature, ...rows[control.kind](control, (value) => this.#change(control.name, value)) };
    row.label.dataset.control = control.name;
    this.#form.insertBefore(row.label, this.#note);
    this.#rows.set(control.name, row);
    return row;
  }

  #change(name, value) {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#say("The camera does not answer."), kAnswerLimit_ms);
    this.#set(name, value);
  }
}

function labelled(control, input, ...after) {
  const label = make("label", {}, make("span", {}, control.label), ...after, input);
  const allow = ({ fixed }) => {
    input.disabled = fixed;
    label.classList.toggle("off", fixed);
  };
  return { label, allow };
}

const rows = {
  integer(control, change) {
    const { min, max, step } = control;
    const input = make("input", { type: "range", min, max, step });
    const shown = make("output");
    const { label, allow } = labelled(control, input, shown);
    input.addEventListener("input", () => (shown.textContent = input.value));
    input.addEventListener("change", () => change(Number(input.value)));
    label.title = `${min} to ${max}, usually ${control.usual}`;
    const update = (now) => {
      allow(now);
      input.value = String(now.value);
      shown.textContent = String(now.value);
    };
    return { label, update };
  },
  boolean(control, change) {
    const input = make("input", { type: "checkbox" });
    const { label, allow } = labelled(control, input);
    input.addEventListener("change", () => change(input.checked ? 1 : 0));
    const update = (now) => {
      allow(now);
      input.checked = now.value !== 0;
    };
    return { label, update };
  },
  menu(control, change) {
    const options = control.items.map(({ value, label }) => make("option", { value }, label));
    const input = make("select", {}, ...options);
    const { label, allow } = labelled(control, input);
    input.addEventListener("change", () => change(Number(input.value)));
    const update = (now) => {
      allow(now);
      input.value = String(now.value);
    };
    return { label, update };
  },
  button(control, change) {
    const input = make("button", { type: "button" }, "Press");
    const { label, allow } = labelled(control, input);
    input.addEventListener("click", () => change(1));
    return { label, update: allow };
  },
};
