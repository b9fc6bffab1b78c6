// What to do after a session ended or could not begin: by the camera's reason or code, or by the page's own finding.

/**
 * after: "soon"   try again with growing pauses; the first time at once
 *        "slow"   try again after pause_ms, for what only time or other viewers can change
 *        "return" wait for the camera to come back under a new epoch, at most pause_ms
 *        "never"  only a person can decide to try again
 */
const soon = { after: "soon" };
const slow = (pause_ms) => ({ after: "slow", pause_ms });
const never = { after: "never" };

const kEndings = {
  // `bye` reasons
  Restarting: { after: "return", pause_ms: 5_000 },
  UserHangup: never,
  UserBusy: slow(10_000),
  Replaced: never,
  ICEFailed: soon,
  ICETimeout: soon,
  MediaTimeout: soon,
  OutOfResources: slow(10_000),
  PrivacyMode: slow(10_000),
  CameraLost: slow(3_000),
  Revoked: never,
  Expired: never,
  RightsChanged: soon,
  UnknownReason: soon,
  // `error` codes
  bad_request: slow(30_000),
  unsupported_version: never,
  unauthorized: never,
  unknown_session: soon,
  no_common_codec: never,
  busy: slow(10_000),
  too_large: never,
  // PROTOCOL.md "Limits": five new sessions in 10 s; a pause longer than that window, even
  // with the least jitter (0.8), clears it.
  rate_limited: slow(13_000),
  // the page's own
  no_answer: soon,
  not_let_in: slow(20_000),
  unreachable: soon,
  no_picture: soon,
  lost: soon,
  insecure: slow(30_000),
  failed: slow(10_000),
};

/** The ending for a reason or code; unknown ones are treated as a passing trouble. */
export const ending_of = (code) => (Object.hasOwn(kEndings, code) ? kEndings[code] : soon);

const kTakesPicture = ["PrivacyMode", "Revoked", "Expired", "unauthorized", "not_let_in"];

/** The last picture may not stay on screen either: who ended this does not want it seen. */
export const takes_picture = (code) => kTakesPicture.includes(code);
