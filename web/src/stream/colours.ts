// Colours by prefix. They are custom properties of the style sheet (--prefix-0 and on), one set for each theme.

export const kColours = 12;

// A prefix has the same colour in every computation, unless another one has it there already.
export class PrefixColours {
  private readonly places = new Map<string, number>();
  private readonly taken = new Set<number>();

  constructor(prefixes: Iterable<string> = []) {
    for (const prefix of [...new Set(prefixes)].sort()) this.of(prefix);
  }

  // Which colour; a place beyond the last colour begins again with the first.
  of(prefix: string): number {
    const known = this.places.get(prefix);
    if (known !== undefined) return known;
    let place = hash(prefix) % kColours;
    if (this.taken.size < kColours) {
      while (this.taken.has(place)) place = (place + 1) % kColours;
      this.taken.add(place);
    }
    this.places.set(prefix, place);
    return place;
  }
}

// -1: a group whose prefix is not known.
export const cssColour = (place: number) => (place < 0 ? "var(--no-prefix)" : `var(--prefix-${place})`);

function hash(text: string): number {
  let value = 2166136261;
  for (let i = 0; i < text.length; ++i) value = Math.imul(value ^ text.charCodeAt(i), 16777619);
  return value >>> 0;
}

export type Rgb = [number, number, number];

// "#rrggbb"
export function parseColour(text: string): Rgb {
  const value = Number.parseInt(text.trim().slice(1), 16);
  return Number.isNaN(value) ? [128, 128, 128] : [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const one = (i: 0 | 1 | 2) => Math.round(a[i] + (b[i] - a[i]) * share);
  return [one(0), one(1), one(2)];
}

export const css = ([red, green, blue]: Rgb) => `rgb(${red} ${green} ${blue})`;

// As ImageData holds a pixel, on the little-endian machines that browsers run on.
export const pixel = ([red, green, blue]: Rgb) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

export function luminance([red, green, blue]: Rgb): number {
  const linear = (part: number) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
