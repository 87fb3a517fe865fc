import { useRef } from "preact/hooks";
import { Link, useSearchParams } from "wouter-preact";
import { HubError } from "../api/client";
import { useCluster } from "../api/hooks";
import type { ClusterDetail } from "../api/types";
import { CloseButton } from "../clusters/close";
import { count } from "../format/number";
import { Badge } from "../parts/badge";
import { Answered, Empty } from "../parts/states";
import { useTitle } from "../shell/title";
import { Computations } from "./computations";
import { Events } from "./events";
import { Exceptions } from "./exceptions";
import { Facts } from "./facts";
import { HistoryCharts } from "./history";
import { readTab, type Tab } from "./tabs";
import { isWebAddress } from "./web_address";
import { Workers } from "./workers";
import "../clusters/clusters.css";
import "./cluster.css";

export function ClusterPage({ id }: { id: number }) {
  const cluster = useCluster(id);
  useTitle(cluster.data ? `Cluster ${cluster.data.name}` : undefined);
  if (cluster.error instanceof HubError && cluster.error.status === 404) {
    return (
      <Empty>
        There is no cluster {id} in this workspace, or its record was removed.{" "}
        <Link href="/">All clusters</Link>
      </Empty>
    );
  }
  return (
    <Answered asked={cluster} what="the cluster">
      {(data) => <Shown cluster={data} />}
    </Answered>
  );
}

function Shown({ cluster }: { cluster: ClusterDetail }) {
  return (
    <div class="stack">
      <div class="row spread">
        <div class="row">
          <h1>{cluster.name}</h1>
          <Badge status={cluster.status} />
          <span class="muted">
            #{cluster.id} · {cluster.user}
          </span>
        </div>
        <div class="row">
          {cluster.status === "running" && isWebAddress(cluster.dashboard) && (
            <a class="button link" href={cluster.dashboard} target="_blank" rel="noreferrer">
              Dask's dashboard ↗
            </a>
          )}
          <CloseButton cluster={cluster} />
        </div>
      </div>
      <Facts cluster={cluster} />
      <HistoryCharts cluster={cluster} />
      <Tabs cluster={cluster} />
    </div>
  );
}

function Tabs({ cluster }: { cluster: ClusterDetail }) {
  const [query, setQuery] = useSearchParams();
  const buttons = useRef<Record<string, HTMLButtonElement | null>>({});
  const tabs: { id: Tab; name: string; number: number }[] = [
    { id: "computations", name: "Computations", number: cluster.computations },
    { id: "workers", name: "Workers", number: cluster.workers.total },
    { id: "exceptions", name: "Exceptions", number: cluster.exceptions },
    { id: "events", name: "Events", number: cluster.events },
  ];
  const current = readTab(query.get("tab"));
  const select = (tab: Tab) =>
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        next.set("tab", tab);
        return next;
      },
      { replace: true },
    );
  const move = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === current);
    const steps: Record<string, number> = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at + tabs.length - 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    };
    const to = tabs[steps[event.key] ?? -1];
    if (!to) return;
    event.preventDefault();
    select(to.id);
    buttons.current[to.id]?.focus();
  };
  return (
    <section class="card" aria-label="What was recorded">
      <div class="tabs" role="tablist" aria-label="What was recorded">
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`tab-${tab.id}`}
            aria-selected={tab.id === current}
            aria-controls="tab-panel"
            tabIndex={tab.id === current ? 0 : -1}
            ref={(element) => {
              buttons.current[tab.id] = element;
            }}
            onClick={() => select(tab.id)}
            onKeyDown={move}
          >
            {tab.name} <span class="muted">{count(tab.number)}</span>
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${current}`}>
        {current === "computations" && <Computations cluster={cluster.id} />}
        {current === "workers" && <Workers cluster={cluster} />}
        {current === "exceptions" && <Exceptions cluster={cluster.id} />}
        {current === "events" && <Events cluster={cluster.id} />}
      </div>
    </section>
  );
}
