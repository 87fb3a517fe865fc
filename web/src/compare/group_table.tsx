import { useMemo } from "preact/hooks";
import type { Group } from "../api/types";
import { bytes, count, duration } from "../format/number";
import { type Column, Table } from "../parts/table";
import { Change } from "./change";
import { noiseOfMedian, verdict } from "./figures";
import { matchGroups, type Pair } from "./match";

const kNoiseUs = 10_000;

const compute = (group: Group | null) => group?.durations_us.compute ?? 0;
const change = (pair: Pair) => Math.abs(compute(pair.b) - compute(pair.a));
const nameOf = ({ a, b }: Pair) => a?.prefix ?? b?.prefix;

// Every group of both, those whose compute time changed most first.
export function GroupTable({ a, b }: { a: Group[]; b: Group[] }) {
  const pairs = useMemo(() => matchGroups(a, b).sort((one, other) => change(other) - change(one)), [a, b]);
  const gone = pairs.filter((pair) => pair.b === null).length;
  const added = pairs.filter((pair) => pair.a === null).length;
  return (
    <section class="card">
      <header>
        <h2>Groups</h2>
        <span class="muted">
          {count(pairs.length - gone - added)} in both, {count(gone)} only in A, {count(added)} only in B
        </span>
      </header>
      <Table<Pair>
        caption="Groups"
        columns={kColumns}
        rows={pairs}
        rowKey={(pair) => `${pair.a?.name} ${pair.b?.name}`}
        cards={false}
      />
    </section>
  );
}

// The value in A and in B, or only one where they are the same. Sorted by the larger.
function both<Value extends number | null>(
  id: string,
  title: string,
  of: (group: Group) => Value,
  text: (value: Value) => string,
): Column<Pair> {
  return {
    id,
    title: `${title} A → B`,
    number: true,
    order: ({ a, b }) => Math.max((a && of(a)) ?? 0, (b && of(b)) ?? 0),
    cell: ({ a, b }) =>
      [...new Set([a, b].filter((one) => one !== null).map((one) => text(of(one))))].join(" → "),
  };
}

function changeOf(
  id: string,
  about: string,
  of: (group: Group) => number | null,
  noise: (a: Group, b: Group) => number,
): Column<Pair> {
  return {
    id,
    title: "Change",
    about,
    number: true,
    order: ({ a, b }) => (a && b ? (of(b) ?? 0) - (of(a) ?? 0) : undefined),
    cell: ({ a, b }) =>
      a && b && <Change a={of(a)} b={of(b)} kind="duration" matters={verdict(of(a), of(b), noise(a, b))} />,
  };
}

const kColumns: Column<Pair>[] = [
  { id: "name", title: "Group", head: true, order: nameOf, cell: (pair) => <Name pair={pair} /> },
  both("tasks", "Tasks", (group) => group.tasks.total, count),
  both("compute", "Compute", compute, duration),
  changeOf("compute-change", "Of the compute time of all runs", compute, () => kNoiseUs),
  both("median", "Median", (group) => group.p50_us, duration),
  changeOf("median-change", "Of the median of a run", (group) => group.p50_us, noiseOfMedian),
  both("transfer", "Transfer", (group) => group.durations_us.transfer ?? 0, duration),
  both("bytes", "Bytes", (group) => group.nbytes, bytes),
];

function Name({ pair }: { pair: Pair }) {
  const { a, b, by } = pair;
  const names = [...new Set([a?.name, b?.name].filter((one) => one !== undefined))];
  return (
    <>
      <span class="mono" title={names.join("\n")}>
        {nameOf(pair)}
      </span>
      {a === null && <span class="badge calm only">only in B</span>}
      {b === null && <span class="badge calm only">only in A</span>}
      {by === "prefix" && (
        <span class="badge calm only" title="Its prefix is the same, its place in the graph is not">
          by prefix
        </span>
      )}
    </>
  );
}
