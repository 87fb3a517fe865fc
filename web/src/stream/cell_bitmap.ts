import { mix, pixel, type Rgb } from "./colours";
import { actionInk, type Ink } from "./ink";
import type { Timeline } from "./source";

// Draws all cells of an answer once: a column for each bucket, `row` pixels for each lane, of which the last one is the
// gap to the next lane. How much of a lane is filled says how busy it was.
export function drawCells(
  timeline: Timeline,
  row: number,
  ink: Ink,
  colourOf: (group: string) => Rgb,
): OffscreenCanvas {
  const width = Math.max(1, timeline.buckets);
  const height = Math.max(1, timeline.lanes.length * row);
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const gap = row > 4 ? 1 : 0;
  const room = row - gap;
  const empty = pixel(ink.lane);
  for (let lane = 0; lane < timeline.lanes.length; ++lane) {
    pixels.fill(empty, lane * row * width, (lane * row + room) * width);
    if (gap > 0) pixels.fill(pixel(ink.surface), (lane * row + room) * width, (lane + 1) * row * width);
  }

  const { cells } = timeline;
  if (cells) {
    const groups = timeline.groups.map((group) => pixel(colourOf(group)));
    const actions = timeline.actions.map((action) => actionInk(ink, action));
    const inks = actions.map((colour) => (colour ? pixel(mix(colour, ink.lane, 0.1)) : null));
    const erred = pixel(ink.erred);
    const scale = room / Math.max(1, timeline.bucketUs);
    for (let cell = 0; cell < cells.bucket.length; ++cell) {
      const left = cells.bucket[cell] ?? 0;
      const top = (cells.lane[cell] ?? 0) * row;
      const own = groups[cells.group[cell] ?? 0] ?? empty;
      let filled = 0;
      let busy = 0;
      for (let action = 0; action < cells.busyUs.length; ++action) {
        const us = cells.busyUs[action]?.[cell] ?? 0;
        if (us === 0) continue;
        busy += us;
        const end = Math.min(room, Math.max(filled + (filled === 0 ? 1 : 0), Math.round(busy * scale)));
        const colour = inks[action] ?? own;
        for (; filled < end; ++filled) pixels[(top + room - 1 - filled) * width + left] = colour;
      }
      if ((cells.erred[cell] ?? 0) > 0) {
        const mark = Math.max(1, Math.round(room / 4));
        for (let y = 0; y < mark; ++y) pixels[(top + y) * width + left] = erred;
      }
    }
  }
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}
