// The look of <perch-camera>, kept inside its shadow root so that an embedding page neither breaks it nor is broken.

export const camera_style = `
:host { display: block; position: relative; overflow: hidden; background: #0b0d10; color: #eef1f4;
  aspect-ratio: 16 / 9; font: 15px/1.4 system-ui, sans-serif; border-radius: var(--perch-radius, 12px); }
:host([hidden]) { display: none; }
:host(:fullscreen) { border-radius: 0; aspect-ratio: auto; }
video, .still { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
.still[hidden], [hidden] { display: none !important; }
.still.dim { opacity: .6; filter: saturate(.6); transition: opacity .4s .4s, filter .4s .4s; }

.top, .bottom { position: absolute; left: 0; right: 0; display: flex; align-items: center; gap: 8px;
  transition: opacity .25s; }
.top { top: 0; padding: 12px 14px 28px; background: linear-gradient(#000a, #0000); pointer-events: none;
  padding-top: max(12px, env(safe-area-inset-top)); }
.bottom { bottom: 0; justify-content: flex-end; padding: 28px 10px 10px; background: linear-gradient(#0000, #000a);
  padding-bottom: max(10px, env(safe-area-inset-bottom)); }
:host(.quiet) .top, :host(.quiet) .bottom { opacity: 0; }
:host(.quiet) { cursor: none; }
:host(.quiet) .bottom:focus-within { opacity: 1; }

.name { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 600;
  padding-left: var(--perch-name-inset, 0); text-shadow: 0 1px 3px #000c; }
.pill { display: inline-flex; align-items: center; gap: 7px; padding: 3px 11px 3px 9px; border-radius: 99px;
  background: #0b0d10b8; font-size: 13px; white-space: nowrap; }
.pill::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: #f3b13c; }
.pill[data-tone=good]::before { background: #3ecf7a; box-shadow: 0 0 0 3px #3ecf7a33; }
.pill[data-tone=bad]::before { background: #f0655c; }

button { font: inherit; color: inherit; cursor: pointer; border: 0; }
.bottom button { display: grid; place-items: center; width: 44px; height: 44px; padding: 0; border-radius: 12px;
  background: #0b0d1080; }
.bottom button:disabled { opacity: .35; cursor: default; }
.bottom button:enabled:hover, .bottom button[aria-pressed=true] { background: #ffffff2e; }
button:focus-visible { outline: 2px solid #7cb7ff; outline-offset: 2px; }

.middle { position: absolute; inset: 0; display: grid; place-items: center; padding: 52px 20px; text-align: center;
  pointer-events: none; }
.card { max-width: 30em; display: grid; gap: 6px; justify-items: center; text-wrap: balance;
  padding: 18px 24px; border-radius: 16px; background: #0b0d10cc; }
.still:not([hidden]) ~ .middle .card { animation: appear .2s .6s backwards; }
@keyframes appear { from { opacity: 0; visibility: hidden; } }
.card h2 { margin: 0; font-size: 1.2em; font-weight: 600; }
.card p { margin: 0; color: #b6bec8; }
.card button { pointer-events: auto; margin-top: 10px; padding: 10px 20px; border-radius: 99px; background: #eef1f4;
  color: #0b0d10; font-weight: 600; }
.spinner { width: 34px; height: 34px; margin-bottom: 8px; border-radius: 50%; border: 3px solid #ffffff2e;
  border-top-color: #eef1f4; animation: turn 1s linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .spinner { animation-duration: 4s; } .top, .bottom { transition: none; } }

.bottom button[data-do=talk][aria-pressed=true] { background: #d9483f; }
.bottom button[data-do=talk] { touch-action: none; user-select: none; -webkit-user-select: none; }
.note { position: absolute; left: 50%; bottom: 68px; transform: translateX(-50%); max-width: calc(100% - 24px);
  padding: 8px 14px; border-radius: 12px; background: #0b0d10cc; font-size: 13.5px; text-align: center; }

.panel { position: absolute; right: 10px; bottom: 68px; width: min(300px, calc(100% - 20px)); max-height: calc(100% - 124px);
  overflow: auto; margin: 0; padding: 12px 14px; border-radius: 14px; background: #0b0d10e0; display: grid; gap: 10px;
  font-size: 13.5px; }
.panel p { margin: 0; color: #b6bec8; }
.panel label { display: grid; grid-template-columns: 1fr auto; gap: 2px 10px; align-items: center; }
.panel label.off { opacity: .45; }
.panel output { color: #9aa4b0; font-variant-numeric: tabular-nums; }
.panel input[type=range] { grid-column: 1 / -1; width: 100%; margin: 0; accent-color: #7cb7ff; }
.panel input[type=checkbox] { width: 18px; height: 18px; margin: 0; accent-color: #7cb7ff; }
.panel select, .panel button { font: inherit; color: inherit; background: #20272f; border: 0; border-radius: 8px; padding: 6px 10px; }

.stats { position: absolute; top: 50px; left: 12px; margin: 0; padding: 10px 14px; border-radius: 12px;
  background: #0b0d10cc; font: 12.5px/1.55 ui-monospace, monospace; display: grid; grid-template-columns: auto auto;
  column-gap: 16px; font-variant-numeric: tabular-nums; pointer-events: none; }
.stats.idle { display: none; }
.stats dt { color: #9aa4b0; }
.stats dd { margin: 0; }
`;
