import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./plot.css";
import type { Micros } from "../api/types";
import { fullMoment, utc } from "../format/time";
import { useTheme } from "../shell/theme";
import { plotColumns, type Series, stack, summary, timeLabels, timeSplits } from "./plot_data";

export interface PlotProps {
  title: string;
  timesUs: Micros[];
  gapUs: Micros; // values farther apart are not joined
  series: Series[];
  format: (value: number) => string;
  fromUs: Micros;
  toUs: Micros;
  stacked?: boolean;
  binary?: boolean; // the axis goes up in powers of two
  cursor?: string; // charts with the same one share their cursor
  onZoom?: (range: { fromUs: Micros; toUs: Micros } | null) => void; // null: back to the whole
}

export function Plot(props: PlotProps) {
  const { title, series, format, stacked = false } = props;
  const { theme } = useTheme();
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [at, setAt] = useState<number | null>(null); // the index under the cursor
  const [over, setOver] = useState<{ left: number; width: number } | null>(null);

  const columns = useMemo(
    () =>
      plotColumns(
        props.timesUs,
        series.map((one) => one.values),
        props.gapUs,
      ),
    [props.timesUs, series, props.gapUs],
  );
  const data = useMemo(() => {
    // The sum of all comes first: an area ends where the next one begins.
    const values = stacked ? stack(columns.values).reverse() : columns.values;
    return [columns.times, ...values] as uPlot.AlignedData;
  }, [columns, stacked]);
  const range: [number, number] = [props.fromUs / 1000, props.toUs / 1000];
  const shape = series.map((one) => `${one.name} ${one.colour}`).join();

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const made = new uPlot(
      options(latest, element, (index, left, hovered) => {
        setAt(index);
        setOver(hovered && left !== null ? { left, width: element.clientWidth } : null);
      }),
      data,
      element,
    );
    chart.current = made;
    made.setScale("x", { min: range[0], max: range[1] });
    const watch = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize(sizeOf(element));
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [theme, shape, stacked]);

  useEffect(() => {
    chart.current?.batch(() => {
      chart.current?.setData(data, false);
      chart.current?.setScale("x", { min: range[0], max: range[1] });
    });
  }, [data, range[0], range[1]]);

  const index = at ?? columns.times.length - 1;
  const value = (number: number) => {
    const one = columns.values[number]?.[index];
    return one === null || one === undefined ? "–" : format(one);
  };
  const timeMs = columns.times[index];
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        <span class="legend">
          {series.map((one, number) => (
            <span key={one.name}>
              <i style={{ background: `var(${one.colour})` }} aria-hidden="true" />
              {series.length > 1 && `${one.name} `}
              <b>{value(number)}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <div class="plot" ref={frame} role="img" aria-label={`${title}. ${summary(series, format)}`} />
      {over && at !== null && timeMs !== undefined && (
        <div
          class="chart-tip"
          aria-hidden="true"
          style={
            over.left > over.width / 2
              ? { right: `${over.width - over.left + 12}px` }
              : { left: `${over.left + 12}px` }
          }
        >
          <div>{fullMoment(timeMs * 1000)}</div>
          <div class="muted">{utc(timeMs * 1000)}</div>
          {series.map((one, number) => (
            <div key={one.name} class="row">
              <i style={{ background: `var(${one.colour})` }} />
              {one.name} <b>{value(number)}</b>
            </div>
          ))}
        </div>
      )}
    </figure>
  );
}

const kSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]
  .concat([2, 4, 7, 14, 28, 56, 112, 364].map((days) => days * 86_400))
  .map((seconds) => seconds * 1000);

const sizeOf = (element: HTMLElement) => ({
  width: Math.max(element.clientWidth, 100),
  height: element.clientHeight,
});

type Hover = (index: number | null, left: number | null, hovered: boolean) => void;

function options(latest: { current: PlotProps }, element: HTMLElement, hover: Hover): uPlot.Options {
  const props = latest.current;
  const { stacked = false, cursor } = props;
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour("--muted"),
    font: `11px ${colour("--sans")}`,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  const drawn = stacked ? [...props.series].reverse() : props.series;
  return {
    ...sizeOf(element),
    ms: 1,
    padding: [8, 26, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: true, auto: false },
      y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        gap: 4,
        size: 34,
        space: 80,
        incrs: kSteps,
        splits: (_, __, min, max, step) => timeSplits(min, max, step),
        values: (_, splits, __, ___, step) => timeLabels(splits, step),
      },
      {
        ...axis,
        gap: 6,
        size: 64,
        space: 34,
        ...(props.binary && { incrs: Array.from({ length: 60 }, (_, power) => 2 ** power) }),
        values: (_, splits) => splits.map((value) => latest.current.format(value)),
      },
    ],
    series: [
      {},
      ...drawn.map((one) => ({
        label: one.name,
        stroke: colour(one.colour),
        width: stacked ? 1 : 1.75,
        fill: `${colour(one.colour)}${stacked ? "66" : "1f"}`,
        points: { show: (plot: uPlot) => plot.data[0].length < 3, size: 4 },
      })),
    ],
    ...(stacked && { bands: drawn.slice(1).map((_, index) => ({ series: [index + 1, index + 2] })) }),
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false },
      points: { show: !stacked, size: 6 },
      ...(cursor && { sync: { key: cursor, setSeries: false } }),
      bind: {
        dblclick: (): uPlot.Cursor.MouseListener => () => {
          latest.current.onZoom?.(null);
          return null;
        },
      },
    },
    hooks: {
      setCursor: [
        (plot) => {
          const { idx, left } = plot.cursor;
          const shown = idx !== null && idx !== undefined && left !== undefined && left >= 0;
          hover(shown ? idx : null, shown ? left + plot.over.offsetLeft : null, plot.over.matches(":hover"));
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 4) return;
          const us = (pixel: number) => Math.round(plot.posToVal(pixel, "x") * 1000);
          const range = { fromUs: us(left), toUs: us(left + width) };
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          if (range.toUs > range.fromUs) latest.current.onZoom?.(range);
        },
      ],
    },
  };
}
