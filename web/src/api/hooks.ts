import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ask, type Parameters } from "./client";
import type { ClusterDetail, Computation, Page, Workspace } from "./types";

// One answer of the hub. `clusters`: asked again when one of them changes.
export function useAnswer<Answer extends object>(
  path: string | null,
  options: { parameters?: Parameters; clusters?: number[] | "all" | undefined } = {},
) {
  const { parameters = {}, clusters } = options;
  return useQuery({
    queryKey: [path, parameters],
    queryFn: ({ signal }) => ask<Answer>(path ?? "", parameters, signal),
    enabled: path !== null,
    meta: clusters === undefined ? {} : { clusters },
  });
}

// A listing, page by page: `fetchNextPage` goes on.
export function useListing<Item>(
  path: string,
  options: { parameters?: Parameters; clusters?: number[] | "all" | undefined } = {},
) {
  const { parameters = {}, clusters } = options;
  return useInfiniteQuery({
    queryKey: [path, "pages", parameters],
    queryFn: ({ pageParam, signal }) =>
      ask<Page<Item>>(path, { ...parameters, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<Item>) => page.next,
    meta: clusters === undefined ? {} : { clusters },
  });
}

export const useWorkspace = () => useAnswer<Workspace>("/workspace");
export const useCluster = (id: number | undefined) =>
  useAnswer<ClusterDetail>(id === undefined ? null : `/clusters/${id}`, {
    clusters: id === undefined ? undefined : [id],
  });
export const useComputation = (id: number, cluster: number | undefined) =>
  useAnswer<Computation>(`/computations/${id}`, { clusters: cluster === undefined ? "all" : [cluster] });
