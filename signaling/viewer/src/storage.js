// What the page remembers in the browser: its viewer id, its invitations, and the secrets it took out of the address bar.

import { is_id, new_viewer_id } from "./ids.js";
import { is_key } from "./sealed_codec.js";

const kViewer = "perch.viewer";
const kLink = "perch.link.";
const kInvitation = "perch.invitation.";

// Storage may be forbidden (private windows, embedded pages): then nothing outlives the page.
const until_closed = new Map();

function read(key) {
  try {
    return localStorage.getItem(key) ?? until_closed.get(key) ?? null;
  } catch {
    return until_closed.get(key) ?? null;
  }
}

function write(key, text) {
  try {
    localStorage.setItem(key, text);
  } catch {
    until_closed.set(key, text);
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

// One camera on one broker has one invitation here; a new link takes the place of the old.
const invitation_name = ({ broker, prefix, camera }) => `${kInvitation}${broker.url} ${prefix}/${camera}`;

/** Remembers what an invitation's link said: `settings` as read_settings() gives them, with camera, viewer and key. */
export function keep_invitation(settings) {
  const { viewer, key, ice_servers } = settings;
  write(invitation_name(settings), JSON.stringify({ viewer, key, ice_servers }));
}

/** `{viewer, key, ice_servers}` for the camera these settings name, or null. Another viewer's is no use. */
export function invitation_for(settings) {
  try {
    const kept = JSON.parse(read(invitation_name(settings)));
    const usable = kept && is_id(kept.viewer) && is_key(kept.key) && (!settings.viewer || settings.viewer === kept.viewer);
    return usable ? { viewer: kept.viewer, key: kept.key, ice_servers: kept.ice_servers ?? [] } : null;
  } catch {
    return null;
  }
}
