import type { ComponentChildren } from "preact";

// Around a table that may be wider than the screen: what scrolls must be reached by keyboard.
export function Frame({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="table-frame" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
