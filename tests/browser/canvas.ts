import type { Locator } from "@playwright/test";

// How many different colours a canvas shows; 0 while it has no size.
export function colours(canvas: Locator): Promise<number> {
  return canvas.evaluate((element: HTMLCanvasElement) => {
    if (element.width === 0 || element.height === 0) return 0;
    const copy = document.createElement("canvas");
    copy.width = element.width;
    copy.height = element.height;
    const brush = copy.getContext("2d");
    if (!brush) return 0;
    brush.drawImage(element, 0, 0);
    const pixels = new Uint32Array(brush.getImageData(0, 0, copy.width, copy.height).data.buffer);
    return new Set(pixels).size;
  });
}

// A place on the canvas where something is drawn, looked for from its middle row outwards: pixels that are not of the
// colours that most of the canvas has.
export function somethingDrawn(canvas: Locator): Promise<{ x: number; y: number }> {
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const copy = document.createElement("canvas");
    const wide = element.clientWidth;
    const high = element.clientHeight;
    copy.width = wide;
    copy.height = high;
    const brush = copy.getContext("2d");
    if (!brush) throw new Error("no canvas");
    brush.drawImage(element, 0, 0, wide, high);
    const data = brush.getImageData(0, 0, wide, high).data;
    const colourful = (at: number) => {
      const pixel = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
      return Math.max(...pixel) - Math.min(...pixel) > 27;
    };
    for (let y = Math.floor(high / 4); y < high - 2; y += 2) {
      let run = 0;
      for (let x = Math.floor(wide / 5); x < wide - 4; ++x) {
        const at = 4 * (y * wide + x);
        const below = at + 4 * 3 * wide; // a frame is thinner than that
        run = colourful(at) && colourful(below) ? run + 1 : 0;
        if (run === 6) return { x: x - 3, y };
      }
    }
    throw new Error("nothing is drawn");
  });
}
