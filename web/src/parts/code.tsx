import { useEffect, useState } from "preact/hooks";
import "./code.css";

type Highlight = (text: string) => string;
let loaded: Promise<Highlight> | null = null;

// The highlighter is large, and few pages show code.
function highlighter(): Promise<Highlight> {
  loaded ??= Promise.all([import("highlight.js/lib/core"), import("highlight.js/lib/languages/python")]).then(
    ([core, python]) => {
      core.default.registerLanguage("python", python.default);
      return (text) => core.default.highlight(text, { language: "python" }).value;
    },
  );
  return loaded;
}

const kLines = 14; // shown of longer texts at first

// Python source.
export function Code({ text, label }: { text: string; label: string }) {
  const [html, setHtml] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const lines = text.trimEnd().split("\n");
  const long = lines.length > kLines + 4;
  const shown = long && !open ? lines.slice(0, kLines).join("\n") : lines.join("\n");
  useEffect(() => {
    let wanted = true;
    highlighter().then(
      (highlight) => wanted && setHtml(highlight(shown)),
      () => undefined, // plain text will do
    );
    return () => {
      wanted = false;
    };
  }, [shown]);
  return (
    <div class="code">
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        aria-label={label}
      >
        <pre>
          {html === null ? <code>{shown}</code> : <code dangerouslySetInnerHTML={{ __html: html }} />}
        </pre>
      </section>
      {long && (
        <button type="button" class="button small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Show less" : `Show all ${lines.length} lines`}
        </button>
      )}
    </div>
  );
}
