import { count, duration, percent } from "../format/number";
import { Frame } from "../parts/frame";
import { laneLabel } from "../stream/labels";
import type { Overview } from "../stream/overview";
import { length } from "../stream/view";

const kShown = 256;

// The task stream in words: what each thread did.
export function LanesTable({ overview }: { overview: Overview }) {
  const lanes = overview.timelines.flatMap((timeline) => timeline.lanes);
  const whole = Math.max(1, length(overview.span));
  return (
    <details class="unfold">
      <summary>Threads as a table</summary>
      <Frame label="Threads">
        <table>
          <thead>
            <tr>
              <th scope="col">Worker</th>
              <th scope="col">Thread</th>
              <th scope="col" class="number">
                Computing
              </th>
              <th scope="col" class="number">
                Computing, share
              </th>
              <th scope="col" class="number">
                Idle
              </th>
              <th scope="col" class="number">
                Idle, share
              </th>
            </tr>
          </thead>
          <tbody>
            {lanes.slice(0, kShown).map((lane, i) => {
              const busy = Math.min(whole, overview.totals.laneComputeUs[i] ?? 0);
              return (
                <tr key={i}>
                  <td title={lane.worker ?? ""}>{laneLabel(lanes, i).worker}</td>
                  <td>{laneLabel(lanes, i).thread}</td>
                  <td class="number">{duration(busy)}</td>
                  <td class="number">{percent(busy / whole)}</td>
                  <td class="number">{duration(whole - busy)}</td>
                  <td class="number">{percent(1 - busy / whole)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Frame>
      {overview.lanesTotal > kShown && (
        <p class="muted">
          The first {kShown} of {count(overview.lanesTotal)} threads.
        </p>
      )}
    </details>
  );
}
