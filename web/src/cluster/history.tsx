import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "preact/hooks";
import { useSearchParams } from "wouter-preact";
import { ask } from "../api/client";
import type { ClusterDetail, History } from "../api/types";
import { bytes, short } from "../format/number";
import { Chart } from "../parts/chart";
import { useNow } from "../parts/now";
import { Answered, Empty } from "../parts/states";
import { When } from "../parts/when";
import { moved, type Range, readRange } from "./range";

const kPoints = 600;

const cores = (value: number) => `${short(value / 100)} cores`;
const number = (value: number) => short(value);
const size = (value: number) => bytes(Math.round(value));

// How the cluster was over time. Zooming one chart zooms all, and asks the hub for what is between.
export function HistoryCharts({ cluster }: { cluster: ClusterDetail }) {
  const [query, setQuery] = useSearchParams();
  const range = readRange(query);
  const live = cluster.status === "running";
  const nowUs = useNow(live && !range);
  const history = useQuery({
    queryKey: [`/clusters/${cluster.id}/history`, range?.fromUs, range?.toUs],
    queryFn: ({ signal }) =>
      ask<History>(
        `/clusters/${cluster.id}/history`,
        { from: range?.fromUs, to: range?.toUs, width: kPoints },
        signal,
      ),
    placeholderData: keepPreviousData,
    meta: { clusters: [cluster.id] },
  });
  const whole: Range = {
    fromUs: cluster.start_us,
    toUs: live ? nowUs : Math.max(cluster.stop_us ?? cluster.last_seen_us, cluster.start_us + 1),
  };
  const shown = range ?? whole;
  const zoom = (next: Range | null) =>
    setQuery(
      (before) => {
        const changed = new URLSearchParams(before);
        changed.delete("from");
        changed.delete("to");
        if (next) {
          changed.set("from", String(next.fromUs));
          changed.set("to", String(next.toUs));
        }
        return changed;
      },
      { replace: true },
    );
  const go = (factor: number, shift: number) => zoom(moved(shown, whole, factor, shift));

  return (
    <section class="card" aria-labelledby="history-title">
      <header>
        <div class="row">
          <h2 id="history-title">Over time</h2>
          <span class="muted small">
            <When us={shown.fromUs} /> – {live && !range ? "now" : <When us={shown.toUs} />}
          </span>
        </div>
        <fieldset class="row plain-set" aria-label="What the charts show">
          <Step name="Earlier" sign="←" disabled={!range} act={() => go(1, -0.5)} />
          <Step name="Later" sign="→" disabled={!range} act={() => go(1, 0.5)} />
          <Step name="Closer" sign="+" act={() => go(0.5, 0)} />
          <Step name="Farther" sign="−" disabled={!range} act={() => go(2, 0)} />
          <button type="button" class="button small" disabled={!range} onClick={() => zoom(null)}>
            Whole life
          </button>
        </fieldset>
      </header>
      <div class="body history">
        <Answered asked={history} what="the history">
          {(data) =>
            data.times_us.length > 0 ? (
              <Charts data={data} shown={shown} zoom={zoom} />
            ) : (
              <Empty>{range ? "Nothing was sampled between these times." : "Nothing was sampled yet."}</Empty>
            )
          }
        </Answered>
      </div>
    </section>
  );
}

function Charts({ data, shown, zoom }: { data: History; shown: Range; zoom: (range: Range | null) => void }) {
  const series = useMemo(
    () => ({
      cpu: [{ name: "CPU", colour: "--series-1", values: data.cpu }],
      memory: [
        { name: "managed", colour: "--series-1", values: data.managed },
        { name: "unmanaged", colour: "--series-4", values: data.unmanaged },
        { name: "spilled", colour: "--series-2", values: data.spilled },
      ],
      tasks: [
        { name: "executing", colour: "--series-5", values: data.executing },
        { name: "ready", colour: "--series-2", values: data.ready },
      ],
      workers: [{ name: "workers", colour: "--series-4", values: data.workers }],
    }),
    [data],
  );
  const common = {
    timesUs: data.times_us,
    gapUs: Math.max(data.bucket_us * 3, 10e6),
    fromUs: shown.fromUs,
    toUs: shown.toUs,
    cursor: "cluster",
    onZoom: zoom,
  };
  return (
    <>
      <div class="charts">
        <Chart {...common} title="CPU" series={series.cpu} format={cores} />
        <Chart {...common} title="Memory" series={series.memory} format={size} stacked binary />
        <Chart {...common} title="Tasks" series={series.tasks} format={number} />
        <Chart {...common} title="Workers" series={series.workers} format={number} />
      </div>
      <p class="muted small hint">Drag over a chart to zoom all; double-click for the whole life.</p>
    </>
  );
}

function Step(props: { name: string; sign: string; disabled?: boolean; act: () => void }) {
  const { name, sign, disabled = false, act } = props;
  return (
    <button
      type="button"
      class="button small"
      aria-label={name}
      title={name}
      disabled={disabled}
      onClick={act}
    >
      {sign}
    </button>
  );
}
