import { useMemo } from "preact/hooks";
import { Link } from "wouter-preact";
import type { ExceptionGroup, TaskException } from "../api/types";
import { count } from "../format/number";
import { type Column, Table } from "../parts/table";
import { When } from "../parts/when";

interface Shown {
  items: TaskException[];
  groups: ExceptionGroup[];
  complete: boolean;
}

// Each task that failed, with the way to its computation.
export function Occurrences({ items, groups, complete }: Shown) {
  const columns = useMemo(() => columnsOf(groups), [groups]);
  return (
    <Table<TaskException>
      caption="Occurrences"
      columns={columns}
      rows={items}
      rowKey={(item) => item.id}
      sortable={complete}
    />
  );
}

function columnsOf(groups: ExceptionGroup[]): Column<TaskException>[] {
  const names = new Map(groups.map((group) => [group.cluster_id, group.cluster_name]));
  return [
    { id: "time", title: "Time", order: (item) => item.time_us, cell: (item) => <When us={item.time_us} /> },
    {
      id: "task",
      title: "Task",
      order: (item) => item.key,
      cell: (item) => (
        <div class="key">
          <code>{item.key}</code>
          <p class="muted">
            {item.message === "" ? item.group : item.message}
            {item.truncated && " (cut off: it was too long to be recorded whole)"}
          </p>
        </div>
      ),
    },
    {
      id: "computation",
      title: "Computation",
      order: (item) => item.computation_id ?? undefined,
      cell: (item) => (
        <div class="nowrap">
          {item.computation_id === null ? (
            <span class="muted">not known</span>
          ) : (
            <Link href={`/computations/${item.computation_id}?${new URLSearchParams({ key: item.key })}`}>
              Computation {item.computation_id}
            </Link>
          )}
          <p class="muted">of {names.get(item.cluster_id) ?? `cluster ${item.cluster_id}`}</p>
        </div>
      ),
    },
    {
      id: "worker",
      title: "Worker",
      cell: (item) => (
        <div class="mono">
          {item.workers.map((worker) => (
            <p key={worker} class="nowrap">
              {worker}
            </p>
          ))}
        </div>
      ),
    },
    {
      id: "attempt",
      title: "Attempt",
      number: true,
      order: (item) => item.attempt,
      cell: (item) => count(item.attempt),
    },
    {
      id: "blamed",
      title: "Blamed",
      number: true,
      order: (item) => item.blamed,
      cell: (item) => count(item.blamed),
    },
  ];
}
