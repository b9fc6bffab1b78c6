// What a screenshot shows, decoded by a browser: whether a region is a picture or plain black.

/**
 * {mean, deviation} of the brightness [0..255] in the middle half of what a person sees of `viewer`'s page.
 * `page` is any page of the same browser; it does the decoding.
 */
export async function brightness(viewer, page) {
  const png = (await viewer.page.screenshot()).toString('base64');
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const [width, height] = [image.width >> 1, image.height >> 1];
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(image, width >> 1, height >> 1, width, height, 0, 0, width, height);
    const pixels = context.getImageData(0, 0, width, height).data;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < pixels.length; i += 4) {
      const luma = (pixels[i] + pixels[i + 1] + pixels[i + 2]) / 3;
      sum += luma;
      squares += luma * luma;
    }
    const mean = sum / (width * height);
    return { mean, deviation: Math.sqrt(Math.max(0, squares / (width * height) - mean * mean)) };
  }, png);
}
