import { useState } from "preact/hooks";
import type { Group, TaskCounts } from "../api/types";
import { count, percent } from "../format/number";

const kStates: [keyof TaskCounts, string, string][] = [
  ["memory", "done", "var(--good)"],
  ["processing", "processing", "var(--accent)"],
  ["queued", "queued", "var(--state-queued)"],
  ["waiting", "waiting", "var(--state-waiting)"],
  ["no_worker", "no worker", "var(--warn)"],
  ["erred", "erred", "var(--bad)"],
  ["blamed", "blamed", "var(--state-blamed)"],
  ["released", "released", "var(--state-released)"],
];
const kShown = 12;

// How far each group is, as on Dask's progress page.
export function Progress({ groups }: { groups: Group[] }) {
  const [all, setAll] = useState(false);
  const open = (group: Group) =>
    group.tasks.total - group.tasks.memory - group.tasks.erred - group.tasks.blamed;
  const sorted = [...groups].sort(
    (a, b) => Number(open(b) > 0) - Number(open(a) > 0) || b.tasks.total - a.tasks.total,
  );
  const shown = all ? sorted.slice(0, 500) : sorted.slice(0, kShown);
  return (
    <section class="card" aria-label="Progress">
      <header>
        <h2>Progress</h2>
        <ul class="legend small">
          {kStates.map(([state, name, colour]) => (
            <li key={state}>
              <span class="swatch" style={{ background: colour }} aria-hidden="true" /> {name}
            </li>
          ))}
        </ul>
      </header>
      <div class="body progress">
        {shown.map((group) => (
          <Bar key={group.name} group={group} />
        ))}
        {groups.length > kShown && (
          <button type="button" class="button small" onClick={() => setAll(!all)}>
            {all ? "Show fewer" : `Show all ${count(groups.length)} groups`}
          </button>
        )}
      </div>
    </section>
  );
}

function Bar({ group }: { group: Group }) {
  const { tasks } = group;
  const parts = kStates.filter(([state]) => tasks[state] > 0);
  const told = parts.map(([state, name]) => `${count(tasks[state])} ${name}`).join(", ");
  return (
    <>
      <span class="name" title={group.name}>
        {group.prefix}
      </span>
      <span class="bar" role="img" aria-label={`${group.name}: ${told}`} title={told}>
        {parts.map(([state, , colour]) => (
          <span
            key={state}
            style={{ width: `${(100 * tasks[state]) / Math.max(1, tasks.total)}%`, background: colour }}
          />
        ))}
      </span>
      <span class="number">
        {count(tasks.memory)} / {count(tasks.total)}
        <span class="muted"> {percent(tasks.memory / Math.max(1, tasks.total))}</span>
      </span>
    </>
  );
}
