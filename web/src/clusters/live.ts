import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "preact/hooks";
import { onChanges } from "../api/changes";
import { ask, HubError, type Parameters } from "../api/client";
import { useListing } from "../api/hooks";
import type { Cluster, ClusterStatus, Page } from "../api/types";
import { withCluster, withFirstPage } from "./pages";

type Pages = InfiniteData<Page<Cluster>, string | null>;

const kPauseMs = 1000;
const kOneByOne = 40; // clusters at most that are asked for again each time, besides the first page

// The clusters, page by page. What changes is asked for again: the first page, and clusters of later pages one by one.
export function useLiveClusters(parameters: Parameters) {
  const listing = useListing<Cluster>("/clusters", { parameters });
  const queries = useQueryClient();
  const identity = JSON.stringify(parameters);

  useEffect(() => {
    const key = ["/clusters", "pages", parameters];
    const stop = new AbortController();
    const changed = new Set<number>();
    let everything = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let busy = false;

    const change = (update: (pages: Page<Cluster>[]) => Page<Cluster>[]) =>
      queries.setQueryData<Pages>(key, (known) => {
        if (!known) return known;
        const pages = update(known.pages);
        return { pages, pageParams: known.pageParams.slice(0, pages.length) };
      });

    const refresh = async () => {
      const known = queries.getQueryData<Pages>(key);
      const later = known?.pages.slice(1).flatMap((page) => page.items) ?? [];
      const stale = later.filter((item) => (everything ? item.status === "running" : changed.has(item.id)));
      everything = false;
      changed.clear();
      if (!known) return queries.invalidateQueries({ queryKey: key });
      const first = await ask<Page<Cluster>>("/clusters", parameters, stop.signal);
      change((pages) => withFirstPage(pages, first));
      for (const { id } of stale.slice(0, kOneByOne)) {
        const fresh = await one(id, stop.signal);
        const wanted = parameters.status as ClusterStatus | "" | undefined;
        const fits = fresh && (!wanted || fresh.status === wanted);
        change((pages) => withCluster(pages, id, fits ? fresh : undefined));
      }
    };

    const due = () => {
      timer = undefined;
      busy = true;
      refresh()
        .catch(() => undefined) // the shell says that the hub is away; the next change asks again
        .finally(() => {
          busy = false;
          if (changed.size > 0 || everything) plan();
        });
    };
    const plan = () => {
      if (timer === undefined && !busy && !stop.signal.aborted) timer = setTimeout(due, kPauseMs);
    };
    const leave = onChanges((which) => {
      if (which === "all") everything = true;
      else for (const id of which) changed.add(id);
      plan();
    });
    return () => {
      leave();
      clearTimeout(timer);
      stop.abort();
    };
  }, [queries, identity]);

  return listing;
}

async function one(id: number, signal: AbortSignal): Promise<Cluster | undefined> {
  try {
    return await ask<Cluster>(`/clusters/${id}`, {}, signal);
  } catch (failure) {
    if (failure instanceof HubError && failure.status === 404) return undefined;
    throw failure;
  }
}
