import { duration } from "./number";

// Moments: microseconds since the epoch in, texts in the viewer's zone out.

const kClock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const kDate = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit" });

const date = (us: number) => new Date(us / 1000);

// "14:03:22" of today, "2026-11-30 14:03" of other days.
export function moment(us: number, now: Date = new Date()): string {
  const day = kDate.format(date(us));
  const clock = kClock.format(date(us));
  return day === kDate.format(now) ? clock : `${day} ${clock.slice(0, 5)}`;
}

export function fullMoment(us: number): string {
  return `${kDate.format(date(us))} ${kClock.format(date(us))}`;
}

export function utc(us: number): string {
  return `${date(us).toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

export function iso(us: number): string {
  return date(us).toISOString();
}

export function ago(us: number, nowUs: number = Date.now() * 1000): string {
  const passed = nowUs - us;
  if (passed < 1e6) return "just now";
  return `${duration(Math.floor(passed / 1e6) * 1e6)
    .split(" ")
    .slice(0, 2)
    .join(" ")} ago`;
}
