// Numbers as people read them. All take what the hub answers: bytes, microseconds, counts.

const kBinary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined || value < 0) return "–";
  let unit = 0;
  while (value >= 1024 && unit < kBinary.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : short(value)} ${kBinary[unit]}`;
}

// Three digits that count: 1.23, 12.3, 123.
export function short(value: number): string {
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  const text = value.toFixed(digits);
  return digits > 0 ? text.replace(/\.?0+$/, "") : text;
}

export function count(value: number): string {
  return value.toLocaleString("en");
}

// Nearly all is not 100 %.
export function percent(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return "–";
  if (share >= 0.995 && share < 1) return `${Math.floor(share * 1000) / 10} %`;
  return `${share > 0 && share < 0.0995 ? short(share * 100) : Math.round(share * 100)} %`;
}

const kSecond = 1e6;
const kMinute = 60 * kSecond;
const kHour = 60 * kMinute;
const kDay = 24 * kHour;

// 740 µs, 3.2 ms, 41.5 s, 2 min 5 s, 3 h 20 min, 4 d 2 h.
export function duration(us: number | null | undefined): string {
  if (us === null || us === undefined) return "–";
  const sign = us < 0 ? "−" : "";
  const value = Math.abs(us);
  if (value < 999.5) return `${sign}${Math.round(value)} µs`;
  if (value < 999_500) return `${sign}${short(value / 1000)} ms`;
  if (value < 59.95 * kSecond) return `${sign}${short(value / kSecond)} s`;
  const parts = (whole: number, unit: string, rest: number, smaller: string) =>
    `${sign}${whole} ${unit}${rest > 0 ? ` ${rest} ${smaller}` : ""}`;
  const seconds = Math.round(value / kSecond);
  if (seconds < 3600) return parts(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(value / kMinute);
  if (minutes < 24 * 60) return parts(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(value / kHour);
  return parts(Math.floor(hours / 24), "d", hours % 24, "h");
}

// The share of the threads' time in which no task computed; null before there was any.
export function idleShare(threadUs: number, computeUs: number): number | null {
  return threadUs > 0 ? Math.min(1, Math.max(0, 1 - computeUs / threadUs)) : null;
}

export { kDay, kHour, kMinute, kSecond };
