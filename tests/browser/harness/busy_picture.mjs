// A moving picture that needs every bit it can get, for tests of what happens when there are too few. Runs in pages too.

/**
 * {frames: a short loop of I420 pictures, stamp(picture, number, unix_ms): burns the agent's bar code in, band_bytes: how
 * much at the start of a picture stamp() touches}. Self-contained, so that it can be handed to a page as text.
 */
export function busy_picture({ width, height, count = 8 }) {
  const luma = width * height;
  const cell = Math.max(8, Math.floor(width / 64)) & ~1;
  let seed = 1;
  const random = () => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32);

  // A wave that travels, under grain that is new in each picture: 4x4 blocks, so that a decoder's picture keeps it.
  function frame(number) {
    const picture = new Uint8Array((luma * 3) / 2).fill(128);
    const phase = (2 * Math.PI * number) / count;
    const wave = Array.from({ length: width + height }, (_, i) => 120 + 60 * Math.sin(i / 40 + phase));
    for (let y = 0; y < height; y += 4) {
      for (let x = 0; x < width; x += 4) {
        const value = wave[x + y] + 24 * (random() - 0.5);
        for (let row = y; row < Math.min(y + 4, height); row++) picture.fill(value, row * width + x, row * width + x + 4);
      }
    }
    return picture.fill(16, 0, 2 * cell * width);
  }

  function stamp(picture, number, unix_ms) {
    const time = Math.floor(unix_ms) % 2 ** 32;
    const check = ((number % 65536) * 40503 + (time % 65536) * 30011 + 0x5a5a) % 65536;
    const bits = (value, length) => Array.from({ length }, (_, i) => Math.floor(value / 2 ** (length - 1 - i)) % 2);
    [bits(time, 32), [...bits(number % 65536, 16), ...bits(check, 16)]].forEach((row, r) => {
      const line = row.flatMap((bit) => Array(cell).fill(bit ? 235 : 16));
      for (let y = r * cell; y < (r + 1) * cell; y++) picture.set(line, y * width);
    });
  }

  return { frames: Array.from({ length: count }, (_, i) => frame(i)), stamp, band_bytes: 2 * cell * width };
}
