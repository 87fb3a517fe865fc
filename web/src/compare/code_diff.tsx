import { useMemo, useState } from "preact/hooks";
import { count } from "../format/number";
import { type Line, lineDifference, pieces } from "./code_lines";

const kSigns = { same: " ", gone: "−", new: "+" };
const kWords = { same: "", gone: "only in A: ", new: "only in B: " };

export default function CodeDiff({ a, b }: { a: string; b: string }) {
  const lines = useMemo(() => lineDifference(a, b), [a, b]);
  if (lines === null) {
    return (
      <div class="code-sides">
        <pre>{a}</pre>
        <pre>{b}</pre>
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="code-lines mono" tabIndex={0} aria-label="Difference of the code">
      {pieces(lines).map((piece, at) =>
        piece.hidden ? <Hidden key={at} lines={piece.lines} /> : <Lines key={at} lines={piece.lines} />,
      )}
    </section>
  );
}

function Hidden({ lines }: { lines: Line[] }) {
  const [shown, setShown] = useState(false);
  if (shown) return <Lines lines={lines} />;
  return (
    <button type="button" class="hidden-lines" onClick={() => setShown(true)}>
      {lines.length === 1 ? "1 line that is" : `${count(lines.length)} lines that are`} the same
    </button>
  );
}

function Lines({ lines }: { lines: Line[] }) {
  return (
    <>
      {lines.map((line, at) => (
        <div key={at} class={`code-line ${line.kind}`}>
          <span class="sign" aria-hidden="true">
            {kSigns[line.kind]}
          </span>
          <span class="visually-hidden">{kWords[line.kind]}</span>
          {line.text === "" ? " " : line.text}
        </div>
      ))}
    </>
  );
}
