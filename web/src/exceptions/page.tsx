import { useEffect } from "preact/hooks";
import { Link, useLocation, useSearch } from "wouter-preact";
import { useListing } from "../api/hooks";
import type { Fingerprint } from "../api/types";
import { count } from "../format/number";
import { More } from "../parts/more";
import { Answered, Empty } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { FilterBar } from "./filter_bar";
import { addressOf, type Filters, filtersOf, nothingFound } from "./filters";
import { kSeen } from "./seen";
import "./exceptions.css";

export function ExceptionsPage() {
  const filters = filtersOf(useSearch());
  const [, go] = useLocation();
  const listing = useListing<Fingerprint>("/exceptions/fingerprints", {
    parameters: { ...filters, limit: 50 },
    clusters: "all",
  });
  useEffect(() => {
    document.title = "Exceptions – Pilothouse";
  }, []);
  const narrow = (next: Filters) => go(addressOf(next), { replace: true });

  return (
    <div class="stack">
      <div class="row spread">
        <h1>Exceptions</h1>
        <FilterBar filters={filters} change={narrow} />
      </div>
      <section class="card exceptions" aria-label="Exceptions">
        <Answered asked={listing} what="exceptions">
          {(data) => {
            const found = data.pages.flatMap((page) => page.items);
            if (found.length === 0) return <Nothing filters={filters} />;
            return (
              <>
                <Table<Fingerprint>
                  caption="Exceptions, the last seen first"
                  columns={kColumns}
                  rows={found}
                  rowKey={(item) => item.fingerprint}
                  sortable={!listing.hasNextPage}
                />
                <More listing={listing} />
              </>
            );
          }}
        </Answered>
      </section>
    </div>
  );
}

function Nothing({ filters }: { filters: Filters }) {
  return (
    <Empty>
      <p>{nothingFound(filters)}</p>
      {addressOf(filters) !== "/exceptions" && <Link href="/exceptions">All exceptions</Link>}
    </Empty>
  );
}

const kColumns: Column<Fingerprint>[] = [
  {
    id: "exception",
    title: "Exception",
    order: (item) => item.type,
    cell: (item) => (
      <div class="what">
        <Link href={`/exceptions/${encodeURIComponent(item.fingerprint)}`}>{item.type}</Link>
        <p class="message">{item.message === "" ? <i>no message</i> : item.message}</p>
        <p class="muted versions">{versions(item)}</p>
      </div>
    ),
  },
  {
    id: "tasks",
    title: "Tasks",
    about: "Tasks that raised it",
    number: true,
    order: (item) => item.count,
    cell: (item) => <strong>{count(item.count)}</strong>,
  },
  {
    id: "blamed",
    title: "Blamed",
    about: "Dependents that these tasks took with them",
    number: true,
    order: (item) => item.blamed,
    cell: (item) => count(item.blamed),
  },
  {
    id: "clusters",
    title: "Clusters",
    number: true,
    order: (item) => item.clusters,
    cell: (item) => count(item.clusters),
  },
  {
    id: "computations",
    title: "Computations",
    number: true,
    order: (item) => item.computations,
    cell: (item) => count(item.computations),
  },
  { id: "users", title: "Users", cell: (item) => item.users.join(", ") },
  ...kSeen,
];

function versions({ pythons, dasks, distributeds }: Fingerprint): string {
  const told = [
    ["Python", pythons],
    ["dask", dasks],
    ["distributed", distributeds],
  ] as const;
  return told
    .filter(([, known]) => known.length > 0)
    .map(([name, known]) => `${name} ${known.join(", ")}`)
    .join(" · ");
}
