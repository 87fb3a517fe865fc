import { useEffect, useMemo, useRef } from "preact/hooks";
import { css } from "./colours";
import type { Ink } from "./ink";
import type { Overview } from "./overview";
import { Profile } from "./profile";
import { clock, length, type Span, within } from "./view";

interface Shown {
  overview: Overview;
  window: Span;
  bounds: Span;
  selection: Span | null;
  ink: Ink;
  width: number;
  left: number;
  right: number;
  placeOf: (group: string) => number; // of its prefix's colour; -1: none
  show: (window: Span) => void;
}

const kHeight = 56;
const kLeast = 2; // pixels of what is there at all

// How many threads were busy over the whole run, by prefix, and which part of it is shown below.
export function Minimap(props: Shown) {
  const { overview, window, bounds, selection, ink, width, left, right, placeOf, show } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const plot = right - left;
  const profile = useMemo(() => {
    const made = new Profile(bounds, Math.max(1, Math.min(512, Math.round(plot / 2))));
    for (const timeline of overview.timelines) made.add(timeline, placeOf);
    return made;
  }, [overview, bounds.from, bounds.to, plot, placeOf]);

  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !canvas.current) return;
    const ratio = devicePixelRatio || 1;
    canvas.current.width = Math.round(plot * ratio);
    canvas.current.height = Math.round(kHeight * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = css(ink.lane);
    context.fillRect(0, 0, plot, kHeight);
    const threads = Math.max(1, overview.totals.lanes);
    const wide = plot / profile.bins;
    const below = new Float64Array(profile.bins);
    for (const place of [...profile.series.keys()].sort((a, b) => a - b)) {
      const column = profile.series.get(place);
      if (!column) continue;
      context.fillStyle = css(ink.prefixes[place] ?? ink.noPrefix);
      for (let bin = 0; bin < profile.bins; ++bin) {
        const busy = column[bin] ?? 0;
        const value = busy > 0 ? Math.max(kLeast, (busy / threads) * kHeight) : 0;
        const base = below[bin] ?? 0;
        below[bin] = base + value;
        if (value > 0) context.fillRect(bin * wide, kHeight - base - value, wide + 0.3, value + 0.3);
      }
    }
    const x = (us: number) => ((us - bounds.from) / Math.max(1, length(bounds))) * plot;
    if (selection) {
      const [red, green, blue] = ink.accent;
      context.fillStyle = `rgb(${red} ${green} ${blue} / 30%)`;
      context.fillRect(x(selection.from), 0, Math.max(2, x(selection.to) - x(selection.from)), kHeight);
    }
    const [red, green, blue] = ink.surface;
    context.fillStyle = `rgb(${red} ${green} ${blue} / 68%)`;
    context.fillRect(0, 0, x(window.from), kHeight);
    context.fillRect(x(window.to), 0, plot - x(window.to), kHeight);
    context.strokeStyle = css(ink.accent);
    context.lineWidth = 1.5;
    const wideWindow = Math.max(3, x(window.to) - x(window.from));
    context.strokeRect(Math.min(x(window.from), plot - 3) + 0.75, 0.75, wideWindow - 1.5, kHeight - 1.5);
  }, [overview, profile, window, bounds, selection, ink, plot]);

  const go = (event: PointerEvent) => {
    if (event.buttons !== 1 || !canvas.current) return;
    const share = (event.clientX - canvas.current.getBoundingClientRect().left) / plot;
    const middle = bounds.from + share * length(bounds);
    const half = length(window) / 2;
    show(within({ from: middle - half, to: middle + half }, bounds));
  };
  return (
    <canvas
      ref={canvas}
      class="minimap"
      style={{
        width: `${plot}px`,
        height: `${kHeight}px`,
        marginLeft: `${left}px`,
        marginRight: `${width - right}px`,
      }}
      role="img"
      aria-label={`Busy threads over the whole run, by prefix; shown below is ${told(window, bounds.from)}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={go}
    />
  );
}

function told(window: Span, zero: number): string {
  const exact = length(window) / 100;
  return `${clock(window.from - zero, exact)} to ${clock(window.to - zero, exact)}`;
}
