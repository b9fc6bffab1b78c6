// The few icons of the controls, drawn as 24×24 strokes.

const svg = (paths) =>
  `<svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.8"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${paths}</svg>`;

const speaker = '<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z"/>';

export const icons = {
  muted: svg(`${speaker}<path d="m16 9.5 5 5m0-5-5 5"/>`),
  sound: svg(`${speaker}<path d="M15.5 9a4.2 4.2 0 0 1 0 6m2.6-8.6a8 8 0 0 1 0 11.2"/>`),
  talk: svg('<rect x="9" y="3.5" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>'),
  snapshot: svg('<path d="M4 8.5h3.2L9 6h6l1.8 2.5H20v10H4z"/><circle cx="12" cy="13.2" r="3.3"/>'),
  controls: svg('<path d="M4 8h9m5 0h2M4 16h2m5 0h9"/><circle cx="15.5" cy="8" r="2.3"/><circle cx="8.5" cy="16" r="2.3"/>'),
  stats: svg('<path d="M5 19v-6m4.7 6V5m4.6 14V9.5M19 19v-9"/>'),
  full: svg('<path d="M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5"/>'),
  window: svg('<path d="M9 4v5H4m16 0h-5V4m0 16v-5h5M4 15h5v5"/>'),
  back: svg('<path d="m14.5 5-7 7 7 7"/>'),
  camera: svg('<path d="M3.5 7.5h11v9h-11zm11 3.6 6-3v7.8l-6-3z"/>'),
};
