import { useMemo, useState } from "preact/hooks";
import type { Group } from "../api/types";
import { bytes, count, duration } from "../format/number";
import { Frame } from "../parts/frame";
import { Change } from "./change";
import { noiseOfMedian, verdict } from "./figures";
import { matchGroups, type Pair } from "./match";

const kFirst = 50;
const kNoiseUs = 10_000;

const compute = (group: Group | null) => group?.durations_us.compute ?? 0;
const change = (pair: Pair) => Math.abs(compute(pair.b) - compute(pair.a));

// Every group of both, those whose compute time changed most first.
export function GroupTable({ a, b }: { a: Group[]; b: Group[] }) {
  const pairs = useMemo(() => matchGroups(a, b).sort((one, other) => change(other) - change(one)), [a, b]);
  const [all, setAll] = useState(false);
  const gone = pairs.filter((pair) => pair.b === null).length;
  const added = pairs.filter((pair) => pair.a === null).length;
  const shown = all ? pairs : pairs.slice(0, kFirst);
  return (
    <section class="card">
      <header>
        <h2>Groups</h2>
        <span class="muted">
          {count(pairs.length - gone - added)} in both, {count(gone)} only in A, {count(added)} only in B
        </span>
      </header>
      <Frame label="Groups">
        <table class="groups">
          <thead>
            <tr>
              <th scope="col">Group</th>
              <th scope="col" class="number">
                Tasks A → B
              </th>
              <th scope="col" class="number">
                Compute A → B
              </th>
              <th scope="col" class="number" title="Of the compute time of all runs">
                Change
              </th>
              <th scope="col" class="number">
                Median A → B
              </th>
              <th scope="col" class="number" title="Of the median of a run">
                Change
              </th>
              <th scope="col" class="number">
                Transfer A → B
              </th>
              <th scope="col" class="number">
                Bytes A → B
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((pair) => (
              <Row key={`${pair.a?.name} ${pair.b?.name}`} pair={pair} />
            ))}
          </tbody>
        </table>
      </Frame>
      {shown.length < pairs.length && (
        <p class="more">
          <button type="button" class="button" onClick={() => setAll(true)}>
            {count(pairs.length - shown.length)} more groups
          </button>
        </p>
      )}
    </section>
  );
}

function Row({ pair }: { pair: Pair }) {
  const { a, b } = pair;
  const name = a?.prefix ?? b?.prefix;
  const names = [...new Set([a?.name, b?.name].filter((one) => one !== undefined))];
  const both = a !== null && b !== null;
  const computeA = a && compute(a);
  const computeB = b && compute(b);
  const medianA = a?.p50_us ?? null;
  const medianB = b?.p50_us ?? null;
  const arrow = (of: (group: Group) => string) => {
    const [one, other] = [a && of(a), b && of(b)];
    return both ? (one === other ? one : `${one} → ${other}`) : (one ?? other);
  };
  return (
    <tr>
      <th scope="row">
        <span class="mono" title={names.join("\n")}>
          {name}
        </span>
        {a === null && <span class="badge calm only">only in B</span>}
        {b === null && <span class="badge calm only">only in A</span>}
        {pair.by === "prefix" && (
          <span class="badge calm only" title="Its prefix is the same, its place in the graph is not">
            by prefix
          </span>
        )}
      </th>
      <td class="number">{arrow((group) => count(group.tasks.total))}</td>
      <td class="number">{arrow((group) => duration(compute(group)))}</td>
      <td class="number">
        {both && (
          <Change a={computeA} b={computeB} kind="duration" matters={verdict(computeA, computeB, kNoiseUs)} />
        )}
      </td>
      <td class="number">{arrow((group) => duration(group.p50_us))}</td>
      <td class="number">
        {both && (
          <Change
            a={medianA}
            b={medianB}
            kind="duration"
            matters={verdict(medianA, medianB, noiseOfMedian(a, b))}
          />
        )}
      </td>
      <td class="number">{arrow((group) => duration(group.durations_us.transfer ?? 0))}</td>
      <td class="number">{arrow((group) => bytes(group.nbytes))}</td>
    </tr>
  );
}
