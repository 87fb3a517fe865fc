import { Link } from "wouter-preact";
import type { Cluster } from "../api/types";
import { bytes, count, duration, idleShare, percent, short } from "../format/number";
import { Badge } from "../parts/badge";
import { Elapsed } from "../parts/elapsed";
import { Spark } from "../parts/spark";
import type { Column } from "../parts/table";
import { When } from "../parts/when";
import { CloseButton } from "./close";
import { losses } from "./losses";

const endOf = (cluster: Cluster) =>
  cluster.status === "running" ? null : (cluster.stop_us ?? cluster.last_seen_us);

export const kColumns: Column<Cluster>[] = [
  {
    id: "name",
    title: "Cluster",
    order: (cluster) => cluster.name.toLowerCase(),
    cell: (cluster) => (
      <div class="cluster-name">
        <div class="row">
          <Link href={`/clusters/${cluster.id}`} title={versions(cluster)}>
            {cluster.name}
          </Link>
          <Badge status={cluster.status} />
          <Lost cluster={cluster} />
        </div>
        <div class="muted small">
          #{cluster.id} · {cluster.address}
        </div>
      </div>
    ),
  },
  { id: "user", title: "User", order: (cluster) => cluster.user, cell: (cluster) => cluster.user },
  {
    id: "started",
    title: "Started",
    order: (cluster) => cluster.start_us,
    cell: (cluster) => (
      <div>
        <When us={cluster.start_us} />
        <div class="muted small">
          <Elapsed fromUs={cluster.start_us} toUs={endOf(cluster)} />
        </div>
      </div>
    ),
  },
  {
    id: "workers",
    title: "Workers",
    about: "Now, of all that ever joined; of a cluster that is over, all that did",
    number: true,
    order: (cluster) => cluster.workers.total,
    cell: ({ workers, status }) => (
      <div>
        {status === "running" && `${count(workers.now)} / `}
        {count(workers.total)}
        {workers.lost > 0 && <div class="lost small">{count(workers.lost)} lost</div>}
      </div>
    ),
  },
  {
    id: "size",
    title: "Size",
    about: "Threads and memory of the workers",
    number: true,
    order: (cluster) => cluster.threads,
    cell: (cluster) =>
      cluster.threads > 0 ? (
        <div>
          {count(cluster.threads)} threads
          <div class="muted small">{bytes(cluster.memory_limit)}</div>
        </div>
      ) : (
        <span class="muted">–</span>
      ),
  },
  {
    id: "activity",
    title: "Activity",
    about: "Executing tasks over the cluster's life",
    cell: ({ activity, name }) =>
      activity && <Spark values={activity.executing} label={said(activity, name)} />,
  },
  {
    id: "tasks",
    title: "Tasks",
    about: "Done, and failed: erred, or blamed for an error before",
    number: true,
    order: (cluster) => cluster.tasks.total,
    cell: ({ tasks }) => {
      const failed = tasks.erred + tasks.blamed;
      return (
        <div>
          {count(tasks.memory)}
          {failed > 0 && <div class="failed small">{count(failed)} failed</div>}
        </div>
      );
    },
  },
  {
    id: "computations",
    title: "Computations",
    number: true,
    order: (cluster) => cluster.computations,
    cell: (cluster) => count(cluster.computations),
  },
  {
    id: "exceptions",
    title: "Exceptions",
    number: true,
    order: (cluster) => cluster.exceptions,
    cell: (cluster) =>
      cluster.exceptions > 0 ? (
        <Link class="failed" href={`/clusters/${cluster.id}?tab=exceptions`}>
          {count(cluster.exceptions)}
        </Link>
      ) : (
        <span class="muted">0</span>
      ),
  },
  {
    id: "hours",
    title: "Worker time",
    about:
      "The lifetimes of all workers added up, and the share of their threads' time in which no task computed",
    number: true,
    order: (cluster) => cluster.worker_us,
    cell: (cluster) => (
      <div>
        {workerTime(cluster.worker_us)}
        <div class="muted small">{percent(idleShare(cluster.thread_us, cluster.compute_us))} idle</div>
      </div>
    ),
  },
  { id: "close", title: "Close", cell: (cluster) => <CloseButton cluster={cluster} small /> },
];

// 12.3 h; short lives in the units that fit them.
export function workerTime(us: number): string {
  return us < 3.6e9 ? duration(us) : `${short(us / 3.6e9)} h`;
}

export function versions({ versions: v }: Cluster): string {
  return `Recorded by pilothouse ${v.pilothouse}; distributed ${v.distributed}, dask ${v.dask}, Python ${v.python}`;
}

function said(activity: NonNullable<Cluster["activity"]>, name: string): string {
  const known = activity.executing.filter((value) => value !== null);
  if (known.length === 0) return `Activity of ${name}: nothing was sampled`;
  return `Activity of ${name}: at most ${short(Math.max(...known))} tasks executing`;
}

function Lost({ cluster }: { cluster: Cluster }) {
  const told = losses(cluster);
  if (told.length === 0) return null;
  return (
    <span class="badge warn" title={`Missing from the record: ${told.join("; ")}.`}>
      incomplete<span class="visually-hidden">: {told.join("; ")}</span>
    </span>
  );
}
