import { useEffect } from "preact/hooks";
import { Link, useLocation, useSearch } from "wouter-preact";
import { useListing } from "../api/hooks";
import type { Fingerprint } from "../api/types";
import { count } from "../format/number";
import { Frame } from "../parts/frame";
import { More } from "../parts/more";
import { Answered, Empty } from "../parts/states";
import { FilterBar } from "./filter_bar";
import { addressOf, type Filters, filtersOf, nothingFound } from "./filters";
import { Seen } from "./seen";
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
      <section class="card" aria-label="Exceptions">
        <Answered asked={listing} what="exceptions">
          {(data) => {
            const found = data.pages.flatMap((page) => page.items);
            if (found.length === 0) return <Nothing filters={filters} />;
            return (
              <>
                <Found items={found} />
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

function Found({ items }: { items: Fingerprint[] }) {
  return (
    <Frame label="Table of exceptions">
      <table class="exceptions">
        <thead>
          <tr>
            <th scope="col">Exception</th>
            <th scope="col" class="number" title="Tasks that raised it">
              Tasks
            </th>
            <th scope="col" class="number wide" title="Dependents that these tasks took with them">
              Blamed
            </th>
            <th scope="col" class="number wide">
              Clusters
            </th>
            <th scope="col" class="number wide">
              Computations
            </th>
            <th scope="col" class="wide">
              Users
            </th>
            <th scope="col">Last seen</th>
            <th scope="col" class="wide">
              First seen
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.fingerprint}>
              <td class="what">
                <Link href={`/exceptions/${encodeURIComponent(item.fingerprint)}`}>{item.type}</Link>
                <p class="message">{item.message === "" ? <i>no message</i> : item.message}</p>
                <p class="muted versions">{versions(item)}</p>
                <p class="muted narrow">
                  {count(item.blamed)} blamed · {plural(item.clusters, "cluster")} ·{" "}
                  {plural(item.computations, "computation")} · {item.users.join(", ")}
                </p>
              </td>
              <td class="number strong">{count(item.count)}</td>
              <td class="number wide">{count(item.blamed)}</td>
              <td class="number wide">{count(item.clusters)}</td>
              <td class="number wide">{count(item.computations)}</td>
              <td class="wide">{item.users.join(", ")}</td>
              <td>
                <Seen us={item.last_us} />
              </td>
              <td class="wide">
                <Seen us={item.first_us} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Frame>
  );
}

const plural = (number: number, what: string) => `${count(number)} ${what}${number === 1 ? "" : "s"}`;

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
