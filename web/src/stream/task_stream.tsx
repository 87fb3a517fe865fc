import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { count } from "../format/number";
import { useTheme } from "../shell/theme";
import { mix, type PrefixColours } from "./colours";
import { Controller, type Shown } from "./controller";
import { listen } from "./gestures";
import type { Hit } from "./hit";
import { type Ink, readInk } from "./ink";
import { taskLabel } from "./labels";
import { Minimap } from "./minimap";
import type { Overview } from "./overview";
import type { TimelineSource } from "./source";
import { type TaskDetails, Tooltip } from "./tooltip";
import { length, type Span } from "./view";
import "./colours.css";
import "./stream.css";

// A task to zoom to and to pin; a new object each time that it is asked for.
export interface Target {
  key: string;
  group: string;
  from: number;
  to: number;
  worker: string | null;
  thread: number;
}

interface Stream {
  source: TimelineSource;
  name: string;
  revision: number; // more than before: there is more to see
  colours: PrefixColours;
  prefixOf: (group: string) => string | null;
  hidden: ReadonlySet<string>; // prefixes
  highlight: string | null; // a group
  overview: Overview | null;
  selection: Span | null;
  onSelect: (span: Span | null) => void;
  laneIdle: (number | null)[];
  target: Target | null;
  focus: Span | null; // to zoom to; a new object each time
  onPin?: ((hit: Hit | null) => void) | undefined;
  details?: ((hit: Hit) => Promise<TaskDetails | null>) | undefined;
}

interface Pointed {
  hit: Hit;
  x: number;
  y: number;
}

// One lane for each thread, tasks as rectangles, from the whole run to a single task.
export function TaskStream(props: Stream) {
  const { source, revision, colours, prefixOf, hidden, highlight, overview, selection, target } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLElement>(null);
  const controller = useRef<Controller | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const { theme } = useTheme();
  const [ink, setInk] = useState<Ink | null>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  const [width, setWidth] = useState(0);
  const [hovered, setHovered] = useState<Pointed | null>(null);
  const [pinned, setPinned] = useState<Hit | null>(null);
  const [brushing, setBrushing] = useState(false);
  const brush = useRef(brushing);
  brush.current = brushing;

  useLayoutEffect(() => {
    if (!canvas.current || !scroller.current) return;
    const made = new Controller(source, canvas.current, setShown);
    controller.current = made;
    const start = latest.current.selection;
    if (start) made.showPart(start, 0.25);
    const stop = listen(scroller.current, made, {
      hover: (hit, x, y) => {
        setHovered(hit ? { hit, x, y } : null);
        made.set({ hovered: hit });
      },
      click: (hit) => {
        setPinned(hit);
        setHovered(null);
        latest.current.onPin?.(hit);
      },
      select: (span) => {
        setBrushing(false);
        latest.current.onSelect(span);
      },
      reset: () => made.reset(),
      brushing: () => brush.current,
    });
    const resized = new ResizeObserver(([entry]) => {
      const wide = Math.floor(entry?.contentRect.width ?? 0);
      setWidth(wide);
      made.resize(wide);
    });
    if (box.current) {
      made.resize(box.current.clientWidth); // before anything is asked for
      resized.observe(box.current);
    }
    return () => {
      stop();
      resized.disconnect();
      made.close();
    };
  }, [source]);

  useEffect(() => {
    void controller.current?.answers.refresh();
  }, [source, revision]);

  useLayoutEffect(() => {
    if (box.current) setInk(readInk(box.current));
  }, [theme]);

  const look = useMemo(() => {
    if (!ink) return null;
    const colourOf = (group: string) => {
      const prefix = prefixOf(group);
      const own = prefix === null ? ink.noPrefix : (ink.prefixes[colours.of(prefix)] ?? ink.noPrefix);
      const faint = (prefix !== null && hidden.has(prefix)) || (highlight !== null && highlight !== group);
      return faint ? mix(own, ink.lane, 0.86) : own;
    };
    return {
      ink,
      colourOf,
      labelOf: (key: string, group: string) => taskLabel(key, prefixOf(group) ?? group),
    };
  }, [ink, colours, prefixOf, hidden, highlight]);
  useLayoutEffect(() => {
    if (look) controller.current?.setLook(look);
  }, [look, source]);

  useLayoutEffect(() => {
    controller.current?.set({ selection, laneIdle: props.laneIdle, pinned });
  }, [selection, props.laneIdle, pinned, source]);

  useEffect(() => {
    const made = controller.current;
    if (!made || !target || !shown) return;
    const lane = made.answers.lanes.findIndex(
      (known) => known?.worker === target.worker && known?.thread === target.thread,
    );
    const hit: Hit = {
      kind: "run",
      key: target.key,
      group: target.group,
      lane: Math.max(0, lane),
      from: target.from,
      to: target.to,
      erred: false,
      actions: [],
    };
    made.showPart(target, 1.5);
    if (lane >= 0 && scroller.current) scroller.current.scrollTop = made.scrollFor(lane);
    setPinned(hit);
    scroller.current?.scrollIntoView({ block: "nearest" });
  }, [target, shown === null]);

  useEffect(() => {
    if (props.focus) controller.current?.showPart(props.focus, 0.02);
  }, [props.focus]);

  const zoomed = shown !== null && length(shown.window) < length(shown.bounds) * 0.999;
  const made = controller.current;
  const tip = pinnedPlace(made, pinned) ?? (pinned ? null : hovered);
  const zoom = (factor: number) => made?.zoomAt((made.frame.left + made.frame.right) / 2, factor);
  const placeOf = useMemo(
    () => (group: string) => {
      const prefix = prefixOf(group);
      return prefix === null ? -1 : colours.of(prefix);
    },
    [colours, prefixOf],
  );

  return (
    <div class="stream" ref={box}>
      <div class="stream-tools">
        <div class="row" role="toolbar" aria-label="Zoom">
          <button type="button" class="button small" onClick={() => zoom(0.5)} aria-label="Zoom in">
            +
          </button>
          <button type="button" class="button small" onClick={() => zoom(2)} aria-label="Zoom out">
            −
          </button>
          <button type="button" class="button small" disabled={!zoomed} onClick={() => made?.reset()}>
            Whole run
          </button>
          <button
            type="button"
            class="button small"
            aria-pressed={brushing}
            onClick={() => setBrushing(!brushing)}
            title="Then drag over the stream; Shift and drag does the same"
          >
            Select a range
          </button>
        </div>
        <p class="muted stream-state" role="status">
          {shown && stateOf(shown)}
        </p>
      </div>
      <div class="minimap-room">
        {ink && overview && shown && made && width > 0 && (
          <Minimap
            overview={overview}
            window={shown.window}
            bounds={shown.bounds}
            selection={selection}
            ink={ink}
            width={width}
            left={made.frame.left}
            right={made.frame.right}
            placeOf={placeOf}
            show={(window) => made.show(window)}
          />
        )}
      </div>
      <section
        ref={scroller}
        class={`stream-lanes ${brushing ? "brushing" : ""}`}
        style={{ height: `${shown?.height ?? 200}px` }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move and zoom it
        tabIndex={0}
        aria-label={`Task stream of ${props.name}`}
        aria-describedby="stream-help"
        onScroll={(event) => made?.scrollTo(event.currentTarget.scrollTop)}
      >
        <canvas
          ref={canvas}
          role="img"
          aria-label="Tasks by thread and time; a table of the threads is below"
          style={{ width: `${width}px`, height: `${shown?.height ?? 200}px` }}
        />
        <div style={{ height: `${(shown?.content ?? 200) - (shown?.height ?? 200)}px` }} />
      </section>
      {shown?.error && (
        <p class="stream-note bad" role="alert">
          {shown.error.message}
        </p>
      )}
      <p id="stream-help" class="muted stream-help">
        Wheel, two fingers or + and −: zoom. Drag or ← and →: move. Shift and drag: select a range. Click:
        keep what is told of a task. Double click or Home: the whole run.
      </p>
      {tip && made && shown && (
        <Tooltip
          hit={tip.hit}
          lanes={made.answers.lanes}
          zero={shown.bounds.from}
          prefix={prefixOf(tip.hit.group) ?? tip.hit.group}
          colour={placeOf(tip.hit.group)}
          x={tip.x}
          y={tip.y + (scroller.current?.offsetTop ?? 0) + 18}
          room={width}
          pinned={pinned !== null}
          details={props.details}
          zoom={() => made.showPart(tip.hit, 0.6)}
          close={() => {
            setPinned(null);
            props.onPin?.(null);
          }}
        />
      )}
    </div>
  );
}

// A pinned task that a search found is told in full as soon as its lane was looked at so closely.
function pinnedPlace(made: Controller | null, pinned: Hit | null): Pointed | null {
  if (!made || !pinned) return null;
  const from = Math.max(made.frame.left, made.place(pinned.from));
  const to = Math.min(made.frame.right, made.place(pinned.to));
  if (to < made.frame.left || from > made.frame.right) return null;
  const y = made.top(pinned.lane);
  if (y < 0 || y > made.frame.height) return null;
  if (pinned.kind === "cell" || pinned.actions.length > 0) return { hit: pinned, x: (from + to) / 2, y };
  const found = made.hit((from + to) / 2, y + 2);
  const known = found?.kind === "run" && found.key === pinned.key ? found : pinned;
  return { hit: known, x: (from + to) / 2, y };
}

function stateOf(shown: Shown): string {
  if (shown.lanesTotal === 0) return "No runs were recorded yet";
  const what = shown.asRuns ? "every run" : "summed up by thread and time; zoom in for single runs";
  const parts = [`${count(shown.lanesTotal)} ${shown.lanesTotal === 1 ? "thread" : "threads"}`, what];
  if (!shown.complete) parts.push("incomplete: there was more to look at than the hub does at once");
  if (shown.busy) parts.push("loading …");
  return parts.join(" · ");
}
