import { Link } from "wouter-preact";
import { useListing } from "../api/hooks";
import type { Computation } from "../api/types";
import { count } from "../format/number";
import { kStarted, kState } from "../parts/computation_columns";
import { Elapsed } from "../parts/elapsed";
import { More } from "../parts/more";
import { Answered, Empty } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { codeTitle } from "./code_title";
import { progress } from "./progress";

export function Computations({ cluster }: { cluster: number }) {
  const listing = useListing<Computation>(`/clusters/${cluster}/computations`, { clusters: [cluster] });
  return (
    <Answered asked={listing} what="computations">
      {(data) => {
        const computations = data.pages.flatMap((page) => page.items);
        if (computations.length === 0) return <Empty>Nothing was computed yet.</Empty>;
        return (
          <>
            <Table<Computation>
              caption="Computations of this cluster, newest first"
              columns={kColumns}
              rows={computations}
              rowKey={(computation) => computation.id}
              sortable={!listing.hasNextPage}
            />
            <More listing={listing} />
          </>
        );
      }}
    </Answered>
  );
}

const endOf = (computation: Computation) =>
  computation.state === "running"
    ? null
    : (computation.stop_us ?? computation.last_stop_us ?? computation.start_us);

const kColumns: Column<Computation>[] = [
  {
    id: "code",
    title: "Computation",
    cell: (computation) => {
      const title = codeTitle(computation.code);
      const groups = computation.groups.map((group) => group.prefix || group.name);
      return (
        <div class="computation">
          <Link href={`/computations/${computation.id}`} class={title ? "mono" : ""}>
            {title ?? `Computation ${computation.id}`}
          </Link>
          <div class="muted small">
            {[...new Set(groups)].slice(0, 6).join(", ")}
            {computation.groups_left_out > 0 && ", …"}
          </div>
        </div>
      );
    },
  },
  kState,
  kStarted,
  {
    id: "duration",
    title: "Duration",
    number: true,
    order: (one) => (endOf(one) ?? Date.now() * 1000) - one.start_us,
    cell: (one) => <Elapsed fromUs={one.start_us} toUs={endOf(one)} />,
  },
  { id: "progress", title: "Progress", cell: (one) => <Progress computation={one} /> },
  {
    id: "tasks",
    title: "Tasks",
    number: true,
    order: (one) => one.tasks.total,
    cell: (one) => count(one.tasks.total),
  },
  {
    id: "failed",
    title: "Failed",
    about: "Erred, or blamed for an error before",
    number: true,
    order: (one) => one.tasks.erred + one.tasks.blamed,
    cell: ({ tasks }) => {
      const failed = tasks.erred + tasks.blamed;
      return <span class={failed > 0 ? "failed" : "muted"}>{count(failed)}</span>;
    },
  },
];

function Progress({ computation }: { computation: Computation }) {
  const { done, failed, label } = progress(computation.tasks);
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.round(done + failed)}
      aria-valuemin={0}
      aria-valuemax={100}
      title={label}
    >
      <div class="done" style={{ width: `${done}%` }} />
      <div class="erred" style={{ width: `${failed}%` }} />
    </div>
  );
}
