import { kColours, parseColour, type Rgb } from "./colours";

// The colours of the theme, as canvases need them.
export interface Ink {
  surface: Rgb;
  lane: Rgb;
  text: Rgb;
  muted: Rgb;
  line: Rgb;
  accent: Rgb;
  bad: Rgb;
  transfer: Rgb;
  disk: Rgb;
  deserialize: Rgb;
  other: Rgb;
  erred: Rgb;
  noPrefix: Rgb;
  prefixes: Rgb[];
  sans: string;
}

export function readInk(element: Element): Ink {
  const style = getComputedStyle(element);
  const colour = (name: string) => parseColour(style.getPropertyValue(`--${name}`));
  return {
    surface: colour("surface"),
    lane: colour("lane"),
    text: colour("text"),
    muted: colour("muted"),
    line: colour("line"),
    accent: colour("accent"),
    bad: colour("bad"),
    transfer: colour("transfer"),
    disk: colour("disk"),
    deserialize: colour("deserialize"),
    other: colour("other-action"),
    erred: colour("erred-run"),
    noPrefix: colour("no-prefix"),
    prefixes: Array.from({ length: kColours }, (_, place) => colour(`prefix-${place}`)),
    sans: style.getPropertyValue("--sans") || "sans-serif",
  };
}

// What an action is drawn with; null: the colour of the task's prefix.
export function actionInk(ink: Ink, action: string): Rgb | null {
  if (action === "compute") return null;
  if (action === "transfer") return ink.transfer;
  if (action.startsWith("disk")) return ink.disk;
  if (action === "deserialize") return ink.deserialize;
  return ink.other;
}
