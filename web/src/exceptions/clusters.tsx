import { Link } from "wouter-preact";
import type { ExceptionGroup } from "../api/types";
import { count } from "../format/number";
import { type Column, Table } from "../parts/table";
import { kSeen } from "./seen";

export function Clusters({ groups, complete }: { groups: ExceptionGroup[]; complete: boolean }) {
  return (
    <Table<ExceptionGroup>
      caption="Clusters"
      columns={kColumns}
      rows={groups}
      rowKey={(group) => group.id}
      sortable={complete}
    />
  );
}

const kColumns: Column<ExceptionGroup>[] = [
  {
    id: "cluster",
    title: "Cluster",
    order: (group) => group.cluster_name,
    cell: (group) => (
      <Link href={`/clusters/${group.cluster_id}`} title={group.scheduler_id}>
        {group.cluster_name}
      </Link>
    ),
  },
  { id: "user", title: "User", order: (group) => group.user, cell: (group) => group.user },
  {
    id: "tasks",
    title: "Tasks",
    number: true,
    order: (group) => group.count,
    cell: (group) => count(group.count),
  },
  {
    id: "blamed",
    title: "Blamed",
    number: true,
    order: (group) => group.blamed,
    cell: (group) => count(group.blamed),
  },
  {
    id: "versions",
    title: "Versions",
    cell: ({ versions }) => (
      <span class="muted">
        Python {versions.python} · dask {versions.dask} · distributed {versions.distributed}
      </span>
    ),
  },
  ...kSeen,
];
