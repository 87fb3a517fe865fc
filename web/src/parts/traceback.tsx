import hljs from "highlight.js/lib/core";
import python from "highlight.js/lib/languages/python";
import { useMemo, useState } from "preact/hooks";
import { count } from "../format/number";
import { CopyButton } from "./copy";
import {
  asPrinted,
  type Frame,
  fold,
  isCarets,
  packages,
  parseTraceback,
  type Shown,
  shortFile,
} from "./traceback_text";
import "./code.css";
import "./traceback.css";

hljs.registerLanguage("python", python);

const kShownFrames = 200;

// A traceback and what it ended in: own frames stand out, those of libraries are folded.
export function Traceback({ text, type, message }: { text: string; type: string; message: string }) {
  const parts = useMemo(() => parseTraceback(text), [text]);
  const folded = useMemo(() => fold(parts), [parts]);
  const [all, setAll] = useState(false);
  const [long, setLong] = useState(false);
  const shown: Shown[] = all ? parts : folded;
  const raised = message === "" ? type : `${type}: ${message}`;
  return (
    <div class="traceback">
      <div class="traceback-bar row spread">
        <span class="muted">Traceback, the last call at the end</span>
        <span class="row">
          {folded.some((part) => part.kind === "fold") && (
            <button type="button" class="button small" aria-pressed={all} onClick={() => setAll(!all)}>
              {all ? "Fold libraries" : "All frames"}
            </button>
          )}
          <CopyButton text={asPrinted(text, raised)} what="traceback" />
        </span>
      </div>
      <ol>
        {shown.slice(0, long ? undefined : kShownFrames).map((part, at) => (
          <li key={at}>
            <ShownPart part={part} />
          </li>
        ))}
      </ol>
      {shown.length > kShownFrames && !long && (
        <button type="button" class="button small" onClick={() => setLong(true)}>
          {count(shown.length - kShownFrames)} more frames
        </button>
      )}
      <p class="raised">
        <strong>{type}</strong>
        {message !== "" && <>: {message}</>}
      </p>
    </div>
  );
}

function ShownPart({ part }: { part: Shown }) {
  if (part.kind === "text") return <pre class="words">{part.text.replace(/^\n+|\n+$/g, "")}</pre>;
  if (part.kind === "frame") return <OneFrame frame={part} />;
  const frames = part.frames.length;
  return (
    <details>
      <summary>
        {frames === 1 ? "1 frame" : `${count(frames)} frames`} of {packages(part.frames)}
      </summary>
      {part.frames.map((frame, at) => (
        <OneFrame key={at} frame={frame} />
      ))}
    </details>
  );
}

function OneFrame({ frame }: { frame: Frame }) {
  return (
    <div class={`frame ${frame.library ? "library" : ""}`}>
      <div class="where mono">
        <span title={frame.file}>{shortFile(frame.file)}</span>
        <span class="line">:{frame.line}</span>
        {frame.name !== null && (
          <>
            {" "}
            in <b>{frame.name}</b>
          </>
        )}
      </div>
      {frame.code.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <pre class="code" tabIndex={0}>
          {frame.code.map((line, at) =>
            isCarets(line) ? (
              <span key={at} class="carets" aria-hidden="true">
                {line}
                {"\n"}
              </span>
            ) : (
              <Line key={at} text={line} />
            ),
          )}
        </pre>
      )}
    </div>
  );
}

function Line({ text }: { text: string }) {
  const html = useMemo(
    () => hljs.highlight(text, { language: "python", ignoreIllegals: true }).value,
    [text],
  );
  // highlight.js escapes what it is given.
  return <span dangerouslySetInnerHTML={{ __html: `${html}\n` }} />;
}
