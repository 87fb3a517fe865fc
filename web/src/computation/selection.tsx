import { count, duration, percent } from "../format/number";
import { cssColour, type PrefixColours } from "../stream/colours";
import type { Overview } from "../stream/overview";
import { length } from "../stream/view";

const kShown = 8;

// What happened between two moments.
export function SelectionPanel(props: {
  part: Overview;
  zero: number;
  colours: PrefixColours;
  prefixOf: (group: string) => string | null;
  zoom: () => void;
  clear: () => void;
}) {
  const { part, zero, colours, prefixOf, zoom, clear } = props;
  const { totals, span } = part;
  const busy = totals.threadUs > 0 ? totals.computeUs / totals.threadUs : null;
  const prefixes = new Map<string | null, number>();
  for (const [group, us] of totals.groupUs) {
    const prefix = prefixOf(group);
    prefixes.set(prefix, (prefixes.get(prefix) ?? 0) + us);
  }
  const sorted = [...prefixes].sort((a, b) => b[1] - a[1]);
  const about = totals.exact ? "" : "about ";
  return (
    <section class="selection" aria-label="Selected range">
      <div class="row spread">
        <p role="status">
          <strong>
            +{duration(span.from - zero)} to +{duration(span.to - zero)}
          </strong>{" "}
          ({duration(length(span))}): {about}
          {count(totals.runs)} {totals.runs === 1 ? "run" : "runs"} began
          {totals.erred > 0 && <span class="bad-text">, {count(totals.erred)} erred</span>}; threads computed{" "}
          {percent(busy)} of the time, and were idle {percent(busy === null ? null : Math.max(0, 1 - busy))}{" "}
          of it.
          {part.lanesTotal > totals.lanes && ` Of the first ${count(totals.lanes)} threads.`}
        </p>
        <span class="row">
          <button type="button" class="button small" onClick={zoom}>
            Zoom to it
          </button>
          <button type="button" class="button small" onClick={clear}>
            Clear
          </button>
        </span>
      </div>
      <div class="shares" aria-hidden="true">
        {sorted.map(([prefix, us]) => (
          <span
            key={prefix}
            style={{
              width: `${(100 * us) / Math.max(1, totals.busyUs)}%`,
              background: cssColour(prefix === null ? -1 : colours.of(prefix)),
            }}
          />
        ))}
      </div>
      <ul class="legend small">
        {sorted.slice(0, kShown).map(([prefix, us]) => (
          <li key={prefix}>
            <span
              class="swatch"
              style={{ background: cssColour(prefix === null ? -1 : colours.of(prefix)) }}
              aria-hidden="true"
            />{" "}
            {prefix ?? "others"} {percent(us / Math.max(1, totals.busyUs))}
          </li>
        ))}
        {sorted.length > kShown && <li class="muted">{sorted.length - kShown} more</li>}
        {[...totals.actionUs]
          .filter(([action]) => action !== "compute")
          .map(([action, us]) => (
            <li key={action} class="muted">
              {action} {percent(us / Math.max(1, totals.busyUs))}
            </li>
          ))}
      </ul>
    </section>
  );
}
