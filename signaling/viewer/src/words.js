// Everything the page says to a person: one title, and a hint at what to do where there is something to do.

const kPhases = {
  broker: ["Connecting to the broker…", ""],
  looking: ["Looking for the camera…", ""],
  offline: ["The camera is offline", "The picture returns by itself when the camera is back."],
  waiting: ["Trying again soon", ""],
  calling: ["Calling the camera…", ""],
  connecting: ["Connecting…", ""],
  picture: ["Waiting for the picture…", ""],
  live: ["Live", ""],
  mending: ["Connection lost, reconnecting…", ""],
  away: ["Paused", "The picture returns when this page is looked at again."],
  ended: ["Ended", ""],
};

const kTroubles = {
  Restarting: ["The camera is restarting", "The picture returns by itself."],
  UserHangup: ["The camera ended the connection", ""],
  UserBusy: ["The camera is busy", "It takes no further viewer just now."],
  Replaced: ["Opened somewhere else", "Another page took over this connection."],
  ICEFailed: ["No way to the camera", "The networks between you do not let the picture through. A TURN server helps: add ice=turn:… to the link."],
  MediaTimeout: ["The picture stopped coming", ""],
  OutOfResources: ["The camera is overloaded", "It takes no further viewer just now."],
  PrivacyMode: ["Privacy mode is on", "The camera shows nothing until it is switched off there."],
  CameraLost: ["The camera lost its sensor", "It may be unplugged. The picture returns when it is back."],
  Revoked: ["Your invitation was withdrawn", "Ask the owner of the camera for a new link."],
  Expired: ["Your invitation has expired", "Ask the owner of the camera for a new link."],
  RightsChanged: ["What you may do here was changed", "The picture returns by itself."],
  bad_request: ["The camera did not understand this page", "Page and camera may be of different versions."],
  unsupported_version: ["Page and camera do not fit together", "One of them needs an update."],
  unauthorized: ["You may not watch this camera", "Ask its owner for an invitation."],
  no_common_codec: ["This browser cannot play the camera's video", "The camera sends H.264, which this browser does not offer. Chrome, Edge and Safari do; Firefox after its OpenH264 plugin was fetched."],
  busy: ["The camera is busy", "As many people are watching as it allows."],
  too_large: ["The camera refused this browser's request", "It was too long."],
  rate_limited: ["Too many tries in a short time", "The camera asks for a pause."],
  unknown_session: ["The camera no longer knows this connection", ""],
  no_answer: ["The camera does not answer", ""],
  no_picture: ["Connected, but no picture comes", ""],
  lost: ["Connection lost", ""],
  insecure: ["The connection is not safe", "The camera could not prove to be the one that answered."],
  failed: ["The browser could not open the connection", ""],
  stalled: ["The picture stands still", "The connection is weak, or the camera pauses."],
  unknown_camera: ["No such camera on this broker", "Check the name in the link, or whether the camera was ever started."],
  sealed: ["This camera needs an invitation", "Ask its owner for a link. On the camera, perchctl invite NAME makes one."],
  nobody_invited: ["Nobody is invited to this camera yet", "On the camera, perchctl invite NAME makes a link to open here."],
  not_sealed: ["This camera no longer asks for invitations", "Or somebody on the way says so. Your invitation is only used with a camera that keeps to it: ask its owner."],
  not_let_in: ["The camera does not answer to this invitation", "It may have been withdrawn, have expired, or the link was not copied whole. Ask the camera's owner for a new one."],
  bad_key: ["This invitation is damaged", "The link was not copied whole. Ask for it again."],
  low: ["A smaller picture", "The network is slow just now."],
  thinned: ["Fewer pictures a second", "The network is slow just now."],
  mic_lost: ["The camera's microphone is gone", "Sound returns when it is back."],
  mic_insecure: ["No microphone on this page", "Browsers let a page use it only when it came over https."],
  mic_denied: ["The microphone is not allowed", "Allow it for this page in the browser's settings."],
  mic_missing: ["No microphone found", ""],
  mic_busy: ["The microphone is in use elsewhere", ""],
  mic_failed: ["The microphone could not be opened", ""],
  broker_unreachable: ["The broker cannot be reached", "Check the network and the broker's address. Trying again by itself."],
  broker_refused: ["The broker refused this page", "It asks for another name or password, or does not let this viewer in."],
  bad_broker: ["No broker to talk to", "The link needs broker=ws://… or broker=wss://…"],
  bad_link: ["This link is damaged", "Ask for it again; a name in it has characters that do not belong there."],
  no_camera: ["No camera chosen", "The link needs camera=…"],
  no_webrtc: ["This browser has no WebRTC", "It is switched off or the browser is too old."],
};
kTroubles.unreachable = kTroubles.ICETimeout = kTroubles.ICEFailed;
kTroubles.UnknownReason = kTroubles.lost;

const entry = (table, name) => (Object.hasOwn(table, name) ? table[name] : null);
const as_words = ([title, hint]) => ({ title, hint });

export const phase_words = (phase) => as_words(entry(kPhases, phase) ?? [phase, ""]);

/** Words for a reason, code or finding; `detail` is what the camera said, used when we know no better. */
export function trouble_words(code, detail = "") {
  return as_words(entry(kTroubles, code) ?? ["Something went wrong", detail || code]);
}

// In these phases what went wrong says more than the phase itself.
const kTellsTrouble = ["broker", "looking", "waiting", "ended"];

const kBadges = {
  offline: "Offline",
  waiting: "Waiting",
  live: "Live",
  mending: "Reconnecting",
  away: "Paused",
  ended: "Stopped",
};
const kPictures = { low: "Live · smaller", thinned: "Live · fewer frames" };
const kLiveBadges = { stalled: "Standing still", CameraLost: "Unplugged" };

/** The title and hint for a player's `{phase, trouble, detail}`. */
export function words_for({ phase, trouble, detail }) {
  const is_note = phase === "live" && Object.hasOwn(kLiveBadges, trouble);
  const restarts = phase === "offline" && trouble === "Restarting";
  const unplugged = phase === "picture" && trouble === "CameraLost";
  const tells = trouble && (is_note || restarts || unplugged || kTellsTrouble.includes(phase));
  return tells ? trouble_words(trouble, detail) : phase_words(phase);
}

/** One or two words for the corner of the picture. */
export function badge_for({ phase, trouble, picture }) {
  if (phase === "live" && !trouble && Object.hasOwn(kPictures, picture ?? "")) return kPictures[picture];
  const note = phase === "live" ? entry(kLiveBadges, trouble) : null;
  if (phase === "looking" && trouble === "unknown_camera") return "Not found";
  if (phase === "picture" && trouble === "CameraLost") return kLiveBadges.CameraLost;
  return note ?? entry(kBadges, phase) ?? "Connecting";
}

/** "Trying again in 8 s", or "" when the moment is near or unknown. */
export function retry_words(retry_at, now) {
  const seconds = retry_at === null ? 0 : Math.ceil((retry_at - now) / 1000);
  return seconds > 1 ? `Trying again in ${seconds} s.` : "";
}
