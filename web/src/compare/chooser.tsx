import { useEffect, useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { useListing } from "../api/hooks";
import type { Cluster, Computation } from "../api/types";
import { count, duration } from "../format/number";
import { Badge } from "../parts/badge";
import { Frame } from "../parts/frame";
import { More } from "../parts/more";
import { Answered, Empty } from "../parts/states";
import { When } from "../parts/when";
import { lengthOf } from "./figures";
import { firstLine, likeness, ranked } from "./likeness";

const kTypingMs = 300;
const kWords = { code: "same code", shape: "same groups", none: null };

// Recent computations to choose one from; those like `to` first.
export function Chooser(props: { side: "A" | "B"; to: Computation | null; choose: (id: number) => void }) {
  const { side, to, choose } = props;
  const [typed, setTyped] = useState("");
  const [text, setText] = useState("");
  const [cluster, setCluster] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setText(typed.trim()), kTypingMs);
    return () => clearTimeout(timer);
  }, [typed]);
  const clusters = useListing<Cluster>("/clusters", { parameters: { limit: 200 }, clusters: "all" });
  const listing = useListing<Computation>("/computations", {
    parameters: { text, cluster_id: cluster, limit: 50 },
    clusters: "all",
  });
  const known = clusters.data?.pages.flatMap((page) => page.items) ?? [];
  const names = new Map(known.map((one) => [one.id, one.name]));

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
            <input
              type="search"
              aria-label="Text of code or groups"
              placeholder="text of code or groups"
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
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
                <Frame label="Computations">
                  <table class="choices">
                    <thead>
                      <tr>
                        <th scope="col">Code</th>
                        <th scope="col">Cluster</th>
                        <th scope="col">Started</th>
                        <th scope="col" class="number">
                          Duration
                        </th>
                        <th scope="col" class="number">
                          Tasks
                        </th>
                        <th scope="col">State</th>
                      </tr>
                    </thead>
                    <tbody>
                      {found.map((one) => {
                        const like = to ? kWords[likeness(one, to)] : null;
                        return (
                          <tr key={one.id}>
                            <td class="source">
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
                            </td>
                            <td class="nowrap">{names.get(one.cluster_id) ?? `cluster ${one.cluster_id}`}</td>
                            <td>
                              <When us={one.start_us} />
                            </td>
                            <td class="number">{duration(lengthOf(one))}</td>
                            <td class="number">{count(one.tasks.total)}</td>
                            <td>
                              <Badge status={one.state} />
                            </td>
                          </tr>
                        );
                      })}
                    </tbody>
                  </table>
                </Frame>
                <More listing={listing} />
              </>
            );
          }}
        </Answered>
      </section>
    </>
  );
}
