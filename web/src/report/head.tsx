import { When } from "../parts/when";
import { useTheme } from "../shell/theme";
import type { Index } from "./contents";
import { whatIsInside } from "./inside";

export function Head({ index }: { index: Index }) {
  const { theme, toggle } = useTheme();
  return (
    <header class="stack">
      <div class="row spread">
        <p class="muted">
          Report by Pilothouse {index.pilothouse}, made <When us={index.made_us} full /> from the hub{" "}
          <span class="mono">{index.hub}</span>
        </p>
        <button type="button" class="button small" onClick={toggle}>
          {theme === "dark" ? "Light" : "Dark"}
        </button>
      </div>
      <p class="note" role="note">
        {whatIsInside(index).join(" ")}
      </p>
    </header>
  );
}
