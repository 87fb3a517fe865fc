import { useState } from "preact/hooks";
import { percent } from "../format/number";
import { cssColour, type PrefixColours } from "../stream/colours";
import type { PrefixTime } from "./facts";

const kShown = 14;
const kActions = [
  ["transfer", "transfer", "transfer"],
  ["disk", "disk", "disk"],
  ["deserialize", "deserialize", "deserialize"],
  ["erred", "erred-run", "erred"],
] as const;

// The colours of the task stream. A prefix that is switched off is only hinted at.
export function Legend(props: {
  prefixes: PrefixTime[];
  colours: PrefixColours;
  hidden: ReadonlySet<string>;
  toggle: (prefix: string) => void;
  showAll: () => void;
}) {
  const { prefixes, colours, hidden, toggle, showAll } = props;
  const [all, setAll] = useState(false);
  const total = prefixes.reduce((sum, entry) => sum + entry.us, 0);
  const shown = all ? prefixes.slice(0, 300) : prefixes.slice(0, kShown);
  return (
    <div class="legend">
      {shown.map(({ prefix, us }) => (
        <button
          key={prefix}
          type="button"
          aria-pressed={!hidden.has(prefix)}
          title={hidden.has(prefix) ? `Show ${prefix}` : `Fade ${prefix}`}
          onClick={() => toggle(prefix)}
        >
          <span class="swatch" style={{ background: cssColour(colours.of(prefix)) }} aria-hidden="true" />
          {prefix} <span class="muted">{percent(total > 0 ? us / total : null)}</span>
        </button>
      ))}
      {prefixes.length > kShown && (
        <button type="button" onClick={() => setAll(!all)}>
          {all ? "fewer" : `${prefixes.length - kShown} more`}
        </button>
      )}
      {hidden.size > 0 && (
        <button type="button" onClick={showAll}>
          show all
        </button>
      )}
      <span class="legend-actions">
        {kActions.map(([name, variable, kind]) => (
          <span key={name}>
            <span class={`swatch ${kind}`} style={{ background: `var(--${variable})` }} aria-hidden="true" />{" "}
            {name}
          </span>
        ))}
      </span>
    </div>
  );
}
