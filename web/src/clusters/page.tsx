import { useMemo } from "preact/hooks";
import { useSearchParams } from "wouter-preact";
import type { Cluster } from "../api/types";
import { More } from "../parts/more";
import { Answered, Empty } from "../parts/states";
import { Table } from "../parts/table";
import { useTitle } from "../shell/title";
import { kColumns } from "./columns";
import { FilterBar } from "./filter_bar";
import { type Filters, isFiltered, kNoFilters, readFilters, toParameters, writeFilters } from "./filters";
import { useLiveClusters } from "./live";
import { Start } from "./start";
import "./clusters.css";

const kActivityPoints = 32;

export function ClustersPage() {
  useTitle("Clusters");
  const [query, setQuery] = useSearchParams();
  const filters = readFilters(query);
  const setFilters = (next: Filters, replace = false) => setQuery(writeFilters(next), { replace });
  const identity = writeFilters(filters);
  const parameters = useMemo(
    () => ({ ...toParameters(readFilters(new URLSearchParams(identity))), activity: kActivityPoints }),
    [identity],
  );
  const listing = useLiveClusters(parameters);
  const clusters = useMemo(() => listing.data?.pages.flatMap((page) => page.items) ?? [], [listing.data]);
  const users = useMemo(() => [...new Set(clusters.map((cluster) => cluster.user))].sort(), [clusters]);

  return (
    <div class="stack">
      <div class="row spread">
        <h1>Clusters</h1>
        <FilterBar filters={filters} change={setFilters} users={users} />
      </div>
      <Answered asked={listing} what="clusters">
        {() =>
          clusters.length > 0 ? (
            <>
              <div class="card clusters">
                <Table<Cluster>
                  caption="Clusters, newest first"
                  columns={kColumns}
                  rows={clusters}
                  rowKey={(cluster) => cluster.id}
                  sortable={!listing.hasNextPage}
                  virtual={clusters.length > 60}
                  rowHeight={58}
                />
              </div>
              <More listing={listing} />
            </>
          ) : isFiltered(filters) ? (
            <Empty>
              <p>No cluster matches these filters.</p>
              <button type="button" class="button" onClick={() => setFilters(kNoFilters)}>
                Clear the filters
              </button>
            </Empty>
          ) : (
            <Start />
          )
        }
      </Answered>
    </div>
  );
}
