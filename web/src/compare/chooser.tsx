import { useMemo, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { useListing } from "../api/hooks";
import type { Cluster, Computation } from "../api/types";
import { count, duration } from "../format/number";
import { kStarted, kState } from "../parts/computation_columns";
import { More } from "../parts/more";
import { Answered, Empty } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { Typed } from "../parts/typed";
import { lengthOf } from "./figures";
import { firstLine, likeness, ranked } from "./likeness";

const kWords = { code: "same code", shape: "same groups", none: null };

// Recent computations to choose one from; those like `to` first.
export function Chooser(props: { side: "A" | "B"; to: Computation | null; choose: (id: number) => void }) {
  const { side, to, choose } = props;
  const [text, setText] = useState("");
  const [cluster, setCluster] = useState("");
  const clusters = useListing<Cluster>("/clusters", { parameters: { limit: 200 }, clusters: "all" });
  const listing = useListing<Computation>("/computations", {
    parameters: { text, cluster_id: cluster, limit: 50 },
    clusters: "all",
  });
  const known = useMemo(() => clusters.data?.pages.flatMap((page) => page.items) ?? [], [clusters.data]);
  const columns = useMemo(() => columnsOf(known, to, choose), [known, to, choose]);

  return (
    <>
      {to && (
        <p class="muted">
          What is <Link href={`/computations/${to.id}`}>computation {to.id}</Link> to be compared with? Those
          with the same code or the same groups come first.
        </p>
      )}
      <section class="card" aria-label={`Choose computation ${side}`}>
        <header>
          <h2>{to ? "The other computation" : "The first computation"}</h2>
          <search class="row choose">
            <Typed
              label="Text of code or groups"
              placeholder="text of code or groups"
              value={text}
              change={setText}
            />
            <select
              aria-label="Cluster"
              value={cluster}
              onChange={(event) => setCluster(event.currentTarget.value)}
            >
              <option value="">all clusters</option>
              {known.map((one) => (
                <option key={one.id} value={String(one.id)}>
                  {one.name} ({one.id})
                </option>
              ))}
            </select>
          </search>
        </header>
        <Answered asked={listing} what="computations">
          {(data) => {
            const found = ranked(
              data.pages.flatMap((page) => page.items),
              to,
            );
            if (found.length === 0) {
              return (
                <Empty>
                  {text !== "" || cluster !== ""
                    ? "No computation is like this."
                    : to
                      ? "No other computation is recorded yet."
                      : "No computation is recorded yet."}
                </Empty>
              );
            }
            return (
              <>
                <Table<Computation>
                  caption="Computations"
                  columns={columns}
                  rows={found}
                  rowKey={(one) => one.id}
                  sortable={!listing.hasNextPage}
                />
                <More listing={listing} />
              </>
            );
          }}
        </Answered>
      </section>
    </>
  );
}

function columnsOf(
  clusters: Cluster[],
  to: Computation | null,
  choose: (id: number) => void,
): Column<Computation>[] {
  const names = new Map(clusters.map((one) => [one.id, one.name]));
  const clusterOf = (one: Computation) => names.get(one.cluster_id) ?? `cluster ${one.cluster_id}`;
  return [
    {
      id: "code",
      title: "Code",
      cell: (one) => {
        const like = to ? kWords[likeness(one, to)] : null;
        return (
          <div class="source">
            <button
              type="button"
              class="choice mono"
              aria-label={`Choose computation ${one.id}: ${firstLine(one)}`}
              onClick={() => choose(one.id)}
            >
              {firstLine(one)}
            </button>
            <p class="muted">
              Computation {one.id}
              {like && <span class="badge good like">{like}</span>}
            </p>
          </div>
        );
      },
    },
    {
      id: "cluster",
      title: "Cluster",
      order: clusterOf,
      cell: (one) => <span class="nowrap">{clusterOf(one)}</span>,
    },
    kStarted,
    {
      id: "duration",
      title: "Duration",
      number: true,
      order: (one) => lengthOf(one) ?? undefined,
      cell: (one) => duration(lengthOf(one)),
    },
    {
      id: "tasks",
      title: "Tasks",
      number: true,
      order: (one) => one.tasks.total,
      cell: (one) => count(one.tasks.total),
    },
    kState,
  ];
}
