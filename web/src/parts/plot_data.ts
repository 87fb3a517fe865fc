import type { Micros } from "../api/types";

export interface Series {
  name: string;
  colour: string; // the name of a CSS variable
  values: (number | null)[];
}

// Columns for uPlot: milliseconds, and values with a hole where nothing was sampled for longer than `gapUs`.
export function plotColumns(
  timesUs: Micros[],
  series: (number | null)[][],
  gapUs: Micros,
): { times: number[]; values: (number | null)[][] } {
  const times: number[] = [];
  const values: (number | null)[][] = series.map(() => []);
  timesUs.forEach((us, index) => {
    const before = timesUs[index - 1];
    if (before !== undefined && us - before > gapUs) {
      times.push((before + gapUs / 2) / 1000);
      for (const column of values) column.push(null);
    }
    times.push(us / 1000);
    values.forEach((column, number) => {
      column.push(series[number]?.[index] ?? null);
    });
  });
  return { times, values };
}

// Each column with those before it added.
export function stack(series: (number | null)[][]): (number | null)[][] {
  const sums: (number | null)[][] = [];
  for (const column of series) {
    const below = sums[sums.length - 1];
    sums.push(column.map((value, index) => (value === null ? null : value + (below?.[index] ?? 0))));
  }
  return sums;
}

// One sentence for each series, for those who do not see the chart.
export function summary(series: Series[], format: (value: number) => string): string {
  const parts = series.map(({ name, values }) => {
    const known = values.filter((value) => value !== null);
    const last = known[known.length - 1];
    if (last === undefined) return `${name}: nothing was sampled`;
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const most = known.reduce((most, value) => Math.max(most, value));
    return `${name}: ${format(last)} at the end, ${format(mean)} on average, ${format(most)} at most`;
  });
  return `${parts.join(". ")}.`;
}

// Round times of the viewer's zone between two others, `stepMs` apart.
export function timeSplits(minMs: number, maxMs: number, stepMs: number): number[] {
  const shift = new Date(minMs).getTimezoneOffset() * 60_000;
  const splits: number[] = [];
  const first = Math.ceil((minMs - shift) / stepMs) * stepMs + shift;
  for (let ms = first; ms <= maxMs; ms += stepMs) splits.push(ms);
  return splits;
}

const pad = (value: number) => String(value).padStart(2, "0");

// Labels of a time axis in the viewer's zone; the first one, and the first of each day, has the date.
export function timeLabels(splitsMs: number[], stepMs: number): string[] {
  let day = "";
  return splitsMs.map((ms) => {
    const date = new Date(ms);
    const its = `${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
    const fresh = its !== day;
    day = its;
    if (stepMs >= 86_400_000) return its;
    const minutes = `${pad(date.getHours())}:${pad(date.getMinutes())}`;
    const clock = stepMs >= 60_000 ? minutes : `${minutes}:${pad(date.getSeconds())}`;
    return fresh ? `${clock}\n${its}` : clock;
  });
}
