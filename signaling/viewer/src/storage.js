// What the page remembers in the browser: its viewer id, and the secrets it took out of the address bar.

import { is_id, new_viewer_id } from "./ids.js";

const kViewer = "perch.viewer";
const kLink = "perch.link.";

// Storage may be forbidden (private windows, embedded pages): then nothing outlives the page.
function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch {
    // Nothing to do: the page works, it only forgets.
  }
}

/** This browser's viewer id, drawn once. */
export function own_viewer_id() {
  const known = read(kViewer);
  if (is_id(known)) return known;
  const drawn = new_viewer_id();
  write(kViewer, drawn);
  return drawn;
}

/** Remembers a link's whole fragment under the harmless one that replaces it in the address bar. */
export const keep_link = (harmless, fragment) => write(kLink + harmless, fragment);

/** The whole fragment behind a harmless one; itself when nothing was kept. */
export const whole_link = (harmless) => read(kLink + harmless) ?? harmless;
