import { Link } from "wouter-preact";
import type { ExceptionGroup, TaskException } from "../api/types";
import { count } from "../format/number";
import { Frame } from "../parts/frame";
import { When } from "../parts/when";

// Each task that failed, with the way to its computation.
export function Occurrences({ items, groups }: { items: TaskException[]; groups: ExceptionGroup[] }) {
  const names = new Map(groups.map((group) => [group.cluster_id, group.cluster_name]));
  return (
    <Frame label="Occurrences">
      <table class="occurrences">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Task</th>
            <th scope="col">Computation</th>
            <th scope="col">Worker</th>
            <th scope="col" class="number">
              Attempt
            </th>
            <th scope="col" class="number">
              Blamed
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.id}>
              <td>
                <When us={item.time_us} />
              </td>
              <td class="key">
                <code>{item.key}</code>
                <p class="muted">
                  {item.message === "" ? item.group : item.message}
                  {item.truncated && " (cut off: it was too long to be recorded whole)"}
                </p>
              </td>
              <td class="nowrap">
                {item.computation_id === null ? (
                  <span class="muted">not known</span>
                ) : (
                  <Link
                    href={`/computations/${item.computation_id}?${new URLSearchParams({ key: item.key })}`}
                  >
                    Computation {item.computation_id}
                  </Link>
                )}
                <p class="muted">of {names.get(item.cluster_id) ?? `cluster ${item.cluster_id}`}</p>
              </td>
              <td class="mono">
                {item.workers.map((worker) => (
                  <p key={worker} class="nowrap">
                    {worker}
                  </p>
                ))}
              </td>
              <td class="number">{count(item.attempt)}</td>
              <td class="number">{count(item.blamed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Frame>
  );
}
