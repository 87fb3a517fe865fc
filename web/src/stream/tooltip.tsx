import { useEffect, useState } from "preact/hooks";
import { bytes, count, duration, percent } from "../format/number";
import { fullMoment } from "../format/time";
import { cssColour } from "./colours";
import type { Hit } from "./hit";
import { laneLabel } from "./labels";
import type { Lane } from "./source";

export interface TaskDetails {
  nbytes: number | null;
  type: string | null;
}

interface Shown {
  hit: Hit;
  lanes: readonly (Lane | undefined)[];
  zero: number;
  prefix: string;
  colour: number;
  x: number;
  y: number;
  room: number; // the width of what it is shown on
  pinned: boolean;
  details?: ((hit: Hit) => Promise<TaskDetails | null>) | undefined;
  zoom: () => void;
  close: () => void;
}

// What is known of a task, or of all that a thread did in a short time.
export function Tooltip(props: Shown) {
  const { hit, lanes, zero, prefix, colour, x, y, room, pinned } = props;
  const lane = laneLabel(lanes, hit.lane);
  const right = x > room / 2;
  const style = right
    ? { right: `${Math.max(8, room - x + 12)}px`, top: `${y}px` }
    : { left: `${x + 12}px`, top: `${y}px` };
  return (
    <div
      class={`stream-tip card ${pinned ? "pinned" : ""}`}
      style={style}
      role={pinned ? "status" : "tooltip"}
    >
      <p class="title">
        <span class="swatch" style={{ background: cssColour(colour) }} aria-hidden="true" />
        {hit.kind === "run" ? <code>{hit.key}</code> : <span>{summary(hit.runs, prefix)}</span>}
      </p>
      <dl>
        <Fact name="Group">{hit.group}</Fact>
        <Fact name="Worker">
          {lane.worker}, thread {lane.thread}
        </Fact>
        <Fact name={hit.kind === "run" ? "Start" : "From"}>
          +{duration(hit.from - zero)} <span class="muted">{fullMoment(hit.from)}</span>
        </Fact>
        <Fact name={hit.kind === "run" ? "Duration" : "Span"}>{duration(hit.to - hit.from)}</Fact>
        {hit.kind === "run" ? (
          hit.actions.map((action, i) => (
            <Fact key={i} name={action.action}>
              {duration(action.us)}
            </Fact>
          ))
        ) : (
          <>
            <Fact name="Busy">
              {percent(
                Math.min(
                  1,
                  hit.busy.reduce((sum, action) => sum + action.share, 0),
                ),
              )}
              {hit.busy.length > 0 && (
                <span class="muted">
                  {" "}
                  {hit.busy.map((part) => `${part.action} ${percent(part.share)}`).join(", ")}
                </span>
              )}
            </Fact>
            {hit.erred > 0 && <Fact name="Erred">{count(hit.erred)}</Fact>}
          </>
        )}
        {hit.kind === "run" && hit.erred && <Fact name="Result">erred</Fact>}
        {pinned && hit.kind === "run" && props.details && <Details hit={hit} ask={props.details} />}
      </dl>
      {pinned && (
        <p class="row">
          {hit.kind === "run" && <Copy text={hit.key} />}
          <button type="button" class="button small" onClick={props.zoom}>
            Zoom to it
          </button>
          <button type="button" class="button small" onClick={props.close}>
            Close
          </button>
        </p>
      )}
    </div>
  );
}

const summary = (runs: number, prefix: string) =>
  runs === 0
    ? `Goes on: ${prefix}`
    : `${count(runs)} ${runs === 1 ? "run begins" : "runs begin"}, mostly ${prefix}`;

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Details({ hit, ask }: { hit: Hit; ask: (hit: Hit) => Promise<TaskDetails | null> }) {
  const [found, setFound] = useState<TaskDetails | null>(null);
  useEffect(() => {
    let wanted = true;
    ask(hit).then(
      (details) => wanted && setFound(details),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [hit, ask]);
  if (found === null || found.nbytes === null || found.nbytes < 0) return null;
  return (
    <Fact name="Result">
      {bytes(found.nbytes)} <span class="muted">{found.type}</span>
    </Fact>
  );
}

function Copy({ text }: { text: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(text);
    setDone(true);
  };
  return (
    <button type="button" class="button small primary" onClick={() => void copy()}>
      {done ? "Copied" : "Copy key"}
    </button>
  );
}
