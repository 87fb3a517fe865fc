import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { useLocation, useSearch } from "wouter-preact";
import { ask, pathWith } from "../api/client";
import { useCluster, useComputation } from "../api/hooks";
import type { Computation, Page, Span as TaskSpan } from "../api/types";
import { Answered } from "../parts/states";
import { HubSource } from "../stream/hub_source";
import type { Span } from "../stream/view";
import type { Search } from "./tasks";
import { ComputationView } from "./view";

const kHits = 50;
const kPages = 20; // looked through at most: one may be short although more follow

async function searchSpans(id: number, text: string): Promise<{ spans: TaskSpan[]; more: boolean }> {
  const spans: TaskSpan[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < kPages; ++page) {
    const answer: Page<TaskSpan> = await ask(`/computations/${id}/spans`, {
      text,
      limit: kHits,
      cursor: cursor ?? undefined,
    });
    spans.push(...answer.items);
    cursor = answer.next;
    if (cursor === null || spans.length >= kHits) break;
  }
  return { spans: spans.slice(0, kHits), more: cursor !== null || spans.length > kHits };
}

// The selected range and the task that is told of are in the address: a link brings somebody else to the same place.
export function ComputationPage({ id }: { id: number }) {
  const [cluster, setCluster] = useState<number | undefined>(undefined);
  const asked = useComputation(id, cluster);
  const known = asked.data?.cluster_id;
  useEffect(() => setCluster(known), [known]);
  return (
    <Answered asked={asked} what="the computation">
      {(computation) => <Shown key={id} computation={computation} />}
    </Answered>
  );
}

function Shown({ computation }: { computation: Computation }) {
  const { id, cluster_id } = computation;
  const cluster = useCluster(cluster_id);
  const [path, navigate] = useLocation();
  const query = useSearch();
  const source = useMemo(() => new HubSource(id), [id]);
  const search: Search = useCallback((text) => searchSpans(id, text), [id]);
  const address = new URLSearchParams(query);
  const from = Number(address.get("from"));
  const to = Number(address.get("to"));
  const selection = useMemo(() => (from > 0 && to > from ? { from, to } : null), [from, to]);
  const go = (change: Record<string, string | null>, replace: boolean) => {
    const next = new URLSearchParams(query);
    for (const [name, value] of Object.entries(change)) {
      if (value === null) next.delete(name);
      else next.set(name, value);
    }
    const text = next.toString();
    if (text !== query) navigate(text ? `${path}?${text}` : path, { replace });
  };
  const select = (part: Span | null) =>
    go(
      { from: part ? String(Math.round(part.from)) : null, to: part ? String(Math.round(part.to)) : null },
      false,
    );
  return (
    <ComputationView
      computation={computation}
      cluster={cluster.data ?? { id: cluster_id, name: `cluster ${cluster_id}` }}
      source={source}
      live={computation.state === "running"}
      links={{
        cluster: `/clusters/${cluster_id}`,
        compare: pathWith("/compare", { a: id }),
        exceptions: `/clusters/${cluster_id}?tab=exceptions`,
      }}
      search={search}
      selection={selection}
      onSelect={select}
      pinnedKey={address.get("key")}
      onPin={(key) => go({ key }, true)}
    />
  );
}
