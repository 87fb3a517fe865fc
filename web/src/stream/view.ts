// Which part of time is shown, and how it moves.

export interface Span {
  from: number; // microseconds since the epoch
  to: number;
}

export const kNarrowestUs = 20;

export const length = (span: Span) => span.to - span.from;
export const overlap = (a: Span, b: Span) => Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));
export const same = (a: Span, b: Span) => a.from === b.from && a.to === b.to;

// `span` moved and, if need be, shortened, so that it is within `bounds`.
export function within(span: Span, bounds: Span): Span {
  const wanted = Math.max(length(span), Math.min(kNarrowestUs, length(bounds)));
  if (wanted >= length(bounds)) return { ...bounds };
  const from = Math.min(Math.max(span.from, bounds.from), bounds.to - wanted);
  return { from, to: from + wanted };
}

// `factor` below 1 shows less. The moment `at` stays where it is on the screen.
export function zoom(span: Span, at: number, factor: number, bounds: Span): Span {
  const share = (at - span.from) / length(span);
  const wanted = Math.min(
    Math.max(length(span) * factor, kNarrowestUs),
    Math.max(length(bounds), kNarrowestUs),
  );
  const from = at - share * wanted;
  return within({ from, to: from + wanted }, bounds);
}

export function pan(span: Span, us: number, bounds: Span): Span {
  return within({ from: span.from + us, to: span.to + us }, bounds);
}

// `part` with some room on both sides of it.
export function around(part: Span, bounds: Span, room = 0.5): Span {
  const more = Math.max(length(part), kNarrowestUs) * room;
  return within({ from: part.from - more, to: part.to + more }, bounds);
}

export function wheelFactor(delta: number, mode: number): number {
  const pixels = mode === 1 ? delta * 16 : mode === 2 ? delta * 400 : delta;
  return Math.exp(Math.max(-240, Math.min(240, pixels)) * 0.0022);
}

export interface Tick {
  at: number;
  label: string;
}

const kSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500]
  .flatMap((step) => [step, step * 1e3])
  .sort((a, b) => a - b)
  .concat(
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400].map((s) => s * 1e6),
  );

// Round moments, told as the time since `zero`. At most about `most` of them.
export function ticks(span: Span, zero: number, most: number): Tick[] {
  const least = length(span) / Math.max(1, most);
  const step = kSteps.find((candidate) => candidate >= least) ?? Math.ceil(least / 86400e6) * 86400e6;
  const found: Tick[] = [];
  for (let count = Math.ceil((span.from - zero) / step); zero + count * step <= span.to; ++count) {
    found.push({ at: zero + count * step, label: clock(count * step, step) });
  }
  return found;
}

// 12.35 s, 2:05, 1:02:05.5: as exact as `step` asks for.
export function clock(us: number, step: number): string {
  const digits = step >= 1e6 ? 0 : Math.min(6, Math.ceil(-Math.log10(step / 1e6) - 1e-9));
  const sign = us < 0 ? "−" : "";
  const value = Math.abs(us) / 1e6;
  if (value < 60) return `${sign}${value.toFixed(digits)} s`;
  const unit = 10 ** digits;
  const rounded = Math.round(value * unit) / unit;
  const two = (part: number) => String(part).padStart(2, "0");
  const seconds = (rounded % 60).toFixed(digits).padStart(digits > 0 ? digits + 3 : 2, "0");
  const minutes = Math.floor(rounded / 60);
  if (minutes < 60) return `${sign}${minutes}:${seconds}`;
  const hours = Math.floor(minutes / 60);
  return `${sign}${hours}:${two(minutes % 60)}:${seconds}`;
}
