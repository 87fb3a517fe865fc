import { useMemo, useState } from "preact/hooks";
import type { Group } from "../api/types";
import { bytes, count, duration } from "../format/number";
import { Frame } from "../parts/frame";
import { cssColour, type PrefixColours } from "../stream/colours";
import { allTime, took } from "./facts";
import "../parts/table.css";

interface Column {
  id: string;
  name: string;
  title?: string;
  value: (group: Group) => number | string;
  shown: (group: Group) => preact.ComponentChildren;
}

const time = (id: string, name: string, value: (group: Group) => number | null, title = ""): Column => ({
  id,
  name,
  title,
  value: (group) => value(group) ?? -1,
  shown: (group) => duration(value(group)),
});
const number = (id: string, name: string, value: (group: Group) => number): Column => ({
  id,
  name,
  value,
  shown: (group) => count(value(group)),
});

const kColumns: Column[] = [
  {
    id: "tasks",
    name: "Tasks",
    value: (group) => group.tasks.total,
    shown: (group) => <States group={group} />,
  },
  number("erred", "Erred", (group) => group.tasks.erred),
  number("runs", "Runs", (group) => group.runs),
  time("compute", "Compute", (group) => took(group, "compute")),
  time("transfer", "Transfer", (group) => took(group, "transfer")),
  time("disk", "Disk", (group) => took(group, "disk-read", "disk-write"), "Reading and writing"),
  time("deserialize", "Deserialize", (group) => took(group, "deserialize")),
  {
    id: "nbytes",
    name: "Bytes",
    title: "Of the results, as Dask counts them",
    value: (group) => group.nbytes,
    shown: (group) => bytes(group.nbytes),
  },
  time("p50", "p50", (group) => group.p50_us, "Half of the runs computed for at most so long"),
  time("p95", "p95", (group) => group.p95_us),
  time("p99", "p99", (group) => group.p99_us),
  time("max", "Max", (group) => group.max_us),
];
const kName: Column = {
  id: "name",
  name: "Group",
  value: (group) => group.name,
  shown: (group) => group.name,
};
const kTime: Column = { id: "time", name: "", value: allTime, shown: () => null };
const kStep = 100;

function States({ group }: { group: Group }) {
  const { tasks } = group;
  const parts: [string, number][] = [
    ["waiting", tasks.waiting],
    ["queued", tasks.queued],
    ["processing", tasks.processing],
    ["without a worker", tasks.no_worker],
    ["blamed", tasks.blamed],
    ["released", tasks.released],
  ];
  const rest = parts.filter(([, value]) => value > 0);
  return (
    <>
      {count(tasks.total)}
      {rest.length > 0 && (
        <span class="states muted">{rest.map(([name, value]) => `${count(value)} ${name}`).join(", ")}</span>
      )}
    </>
  );
}

// All groups of tasks, by the time that they took at first.
export function GroupsTable(props: {
  groups: Group[];
  leftOut: number;
  colours: PrefixColours;
  highlight: string | null;
  onHighlight: (group: string | null) => void;
}) {
  const { groups, leftOut, colours, highlight, onHighlight } = props;
  const [sort, setSort] = useState({ by: "time", down: true });
  const [shown, setShown] = useState(kStep);
  const sorted = useMemo(() => {
    const column = [kName, kTime, ...kColumns].find((candidate) => candidate.id === sort.by) ?? kTime;
    const keyed = groups.map((group) => ({ group, value: column.value(group) }));
    keyed.sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0) * (sort.down ? -1 : 1));
    return keyed.map((entry) => entry.group);
  }, [groups, sort]);
  const rows = sorted.slice(0, shown);
  const chosen = highlight === null ? undefined : groups.find((group) => group.name === highlight);
  if (chosen && !rows.includes(chosen)) rows.unshift(chosen);
  const head = (column: Column) => (
    <th
      key={column.id}
      scope="col"
      class={column.id === "name" ? "" : "number"}
      aria-sort={sort.by === column.id ? (sort.down ? "descending" : "ascending") : "none"}
    >
      <button
        type="button"
        class="sort"
        title={column.title}
        onClick={() =>
          setSort({ by: column.id, down: sort.by === column.id ? !sort.down : column.id !== "name" })
        }
      >
        {column.name}
        <span aria-hidden="true">{sort.by === column.id ? (sort.down ? "▼" : "▲") : ""}</span>
      </button>
    </th>
  );
  return (
    <section class="card" aria-label="Groups">
      <header>
        <h2>Groups</h2>
        <span class="muted">
          {count(groups.length + leftOut)} {groups.length + leftOut === 1 ? "group" : "groups"}
          {leftOut > 0 && `, of which ${count(leftOut)} were too many to be told here`}
        </span>
      </header>
      <Frame label="Table of groups">
        <table class="groups">
          <thead>
            <tr>
              {head(kName)}
              {kColumns.map(head)}
            </tr>
          </thead>
          <tbody>
            {rows.map((group) => (
              <tr key={group.name} class={group.name === highlight ? "chosen" : ""}>
                <th scope="row">
                  <button
                    type="button"
                    class="plain"
                    title={group.name}
                    aria-pressed={group.name === highlight}
                    onClick={() => onHighlight(group.name === highlight ? null : group.name)}
                  >
                    <span
                      class="swatch"
                      style={{ background: cssColour(colours.of(group.prefix)) }}
                      aria-hidden="true"
                    />
                    <span>
                      {group.prefix}
                      {group.name !== group.prefix && <code class="muted">{suffix(group)}</code>}
                    </span>
                  </button>
                </th>
                {kColumns.map((column) => (
                  <td
                    key={column.id}
                    class={`number ${column.id === "erred" && group.tasks.erred > 0 ? "bad-text" : ""}`}
                  >
                    {column.shown(group)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Frame>
      {sorted.length > shown && (
        <p class="body row">
          <span class="muted">
            {count(shown)} of {count(sorted.length)} groups
          </span>
          <button type="button" class="button small" onClick={() => setShown(shown + 5 * kStep)}>
            Show more
          </button>
        </p>
      )}
    </section>
  );
}

function suffix(group: Group): string {
  const rest = group.name.startsWith(group.prefix) ? group.name.slice(group.prefix.length) : ` ${group.name}`;
  return rest.length > 10 ? `${rest.slice(0, 9)}…` : rest;
}
