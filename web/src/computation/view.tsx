import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Cluster, Computation, Span as TaskSpan } from "../api/types";
import { count } from "../format/number";
import { Code } from "../parts/code";
import { Empty } from "../parts/states";
import { PrefixColours } from "../stream/colours";
import type { Hit } from "../stream/hit";
import { useOverview } from "../stream/overview";
import type { TimelineSource } from "../stream/source";
import { type Target, TaskStream } from "../stream/task_stream";
import { length, type Span } from "../stream/view";
import { byPrefix, slowest } from "./facts";
import { Graph } from "./graph";
import { GroupsTable } from "./groups_table";
import { Header, type Links } from "./header";
import { LanesTable } from "./lanes_table";
import { Legend } from "./legend";
import { Progress } from "./progress";
import { SelectionPanel } from "./selection";
import { KeySearch, type Search, SlowestTasks, target as targetOf } from "./tasks";
import "../stream/colours.css";
import "./computation.css";

export interface ComputationViewProps {
  computation: Computation;
  cluster: Pick<Cluster, "id" | "name">;
  source: TimelineSource;
  live: boolean;
  links?: Links; // to other pages
  search?: Search; // by key
  selection?: Span | null; // from the address, say; without onSelect it is remembered here
  onSelect?: (selection: Span | null) => void;
  pinnedKey?: string | null;
  onPin?: (key: string | null) => void;
}

const kRefreshMs = 2000;
const kSlowest = 12;

// Everything there is to see of one computation. Asks nobody but `source` and `search`.
export function ComputationView(props: ComputationViewProps) {
  const { computation, cluster, source, live, links, search } = props;
  const { groups } = computation;
  const [ownSelection, setOwnSelection] = useState<Span | null>(null);
  const selection = props.onSelect ? (props.selection ?? null) : ownSelection;
  const select = props.onSelect ?? setOwnSelection;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [highlight, setHighlight] = useState<string | null>(null);
  const [target, setTarget] = useState<Target | null>(null);
  const [focus, setFocus] = useState<Span | null>(null);
  const revision = useRevision(computation, live);
  const overview = useOverview(source, {}, revision);
  const chosen = useOverview(source, selection, revision);
  const part =
    selection && chosen && chosen.span.from === selection.from && chosen.span.to === selection.to
      ? chosen
      : null;

  const colours = useRef<PrefixColours | null>(null);
  colours.current ??= new PrefixColours(groups.map((group) => group.prefix));
  const prefixes = useMemo(() => byPrefix(groups), [groups]);
  const names = useRef(new Map<string, string>());
  const known = groups.length;
  const prefixOf = useMemo(() => {
    names.current = new Map(groups.map((group) => [group.name, group.prefix]));
    return (group: string) => names.current.get(group) ?? null;
  }, [known, computation.id]);

  const shownPart = part ?? overview;
  const laneIdle = useMemo(() => {
    if (!shownPart) return [];
    const whole = Math.max(1, length(shownPart.span));
    return shownPart.totals.laneComputeUs.map((us) => Math.max(0, 1 - us / whole));
  }, [shownPart]);

  usePinnedKey(props.pinnedKey ?? null, search, setTarget);
  const details = useMemo(() => search && ((hit: Hit) => detailsOf(hit, search)), [search]);
  const toggle = (prefix: string) => {
    const next = new Set(hidden);
    if (!next.delete(prefix)) next.add(prefix);
    setHidden(next);
  };

  return (
    <div class="stack computation">
      <Header
        computation={computation}
        cluster={cluster}
        threads={overview ? overview.lanesTotal : null}
        live={live}
        links={links}
      />
      {(live || computation.state === "lost" || computation.state === "cancelled") && groups.length > 0 && (
        <Progress groups={groups} />
      )}
      <section class="card" aria-label="Task stream">
        <header>
          <h2>Task stream</h2>
          {search && <span class="muted">{count(computation.spans)} runs</span>}
        </header>
        <div class="body stack">
          <Truth computation={computation} />
          {search && <KeySearch search={search} show={setTarget} />}
          <Legend
            prefixes={prefixes}
            colours={colours.current}
            hidden={hidden}
            toggle={toggle}
            showAll={() => setHidden(new Set())}
          />
          {computation.spans === 0 && !live ? (
            <Empty>No run of a task was recorded.</Empty>
          ) : (
            <TaskStream
              source={source}
              name={`computation ${computation.id}`}
              revision={revision}
              colours={colours.current}
              prefixOf={prefixOf}
              hidden={hidden}
              highlight={highlight}
              overview={overview}
              selection={selection}
              onSelect={select}
              laneIdle={laneIdle}
              target={target}
              focus={focus}
              onPin={(hit) => props.onPin?.(hit?.kind === "run" ? hit.key : null)}
              details={details}
            />
          )}
          {part && overview && (
            <SelectionPanel
              part={part}
              zero={overview.span.from}
              colours={colours.current}
              prefixOf={prefixOf}
              zoom={() => setFocus({ ...part.span })}
              clear={() => select(null)}
            />
          )}
          {shownPart && <LanesTable overview={shownPart} />}
        </div>
      </section>
      <div class="pair">
        <SlowestTasks
          tasks={useMemo(() => slowest(groups, kSlowest), [groups])}
          colours={colours.current}
          show={setTarget}
        />
        <Source code={computation.code} />
      </div>
      <Graph groups={groups} colours={colours.current} highlight={highlight} onHighlight={setHighlight} />
      <GroupsTable
        groups={groups}
        leftOut={computation.groups_left_out}
        colours={colours.current}
        highlight={highlight}
        onHighlight={setHighlight}
      />
    </div>
  );
}

function Truth({ computation }: { computation: Computation }) {
  const { spans, spans_expired } = computation;
  if (spans_expired === 0) return null;
  return (
    <p class="note" role="note">
      {spans_expired >= spans
        ? "The single runs of this computation are no longer kept; what they add up to still is."
        : `${count(spans_expired)} of ${count(spans)} runs are no longer kept one by one; what they add up to still is.`}
    </p>
  );
}

function Source({ code }: { code: Computation["code"] }) {
  return (
    <section class="card" aria-label="Source code">
      <header>
        <h2>Source code</h2>
        <span class="muted">where the work was asked for</span>
      </header>
      <div class="body stack">
        {code.length === 0 && <Empty>No source was recorded.</Empty>}
        {code.map((snippet, i) => (
          <div key={i} class="stack" style={{ gap: "6px" }}>
            {snippet.filename && (
              <p class="muted mono">
                {snippet.filename}
                {snippet.line ? `:${snippet.line}` : ""}
              </p>
            )}
            <Code text={snippet.text} label={`Source code ${i + 1}`} />
          </div>
        ))}
      </div>
    </section>
  );
}

// Counts up when there is more to see, at most every two seconds.
function useRevision(computation: Computation, live: boolean): number {
  const [revision, setRevision] = useState(0);
  const last = useRef({ at: Date.now(), spans: computation.spans, state: computation.state });
  useEffect(() => {
    const { spans, state } = computation;
    if (last.current.spans === spans && last.current.state === state) return;
    const wait = live ? Math.max(0, last.current.at + kRefreshMs - Date.now()) : 0;
    const timer = setTimeout(() => {
      last.current = { at: Date.now(), spans, state };
      setRevision((before) => before + 1);
    }, wait);
    return () => clearTimeout(timer);
  }, [computation, live]);
  return revision;
}

// A key in the address is looked for once, when the page comes up with it.
function usePinnedKey(key: string | null, search: Search | undefined, show: (target: Target) => void): void {
  const first = useRef(key);
  useEffect(() => {
    if (first.current === null || !search) return;
    const wanted = first.current;
    first.current = null;
    search(wanted).then(
      ({ spans }) => {
        const found = spans.find((span) => span.key === wanted);
        if (found) show(targetOf(found));
      },
      () => undefined, // the page is of use without it
    );
  }, [search, show]);
}

async function detailsOf(hit: Hit, search: Search) {
  if (hit.kind !== "run") return null;
  const { spans } = await search(hit.key);
  const same = spans.filter((span) => span.key === hit.key);
  const found =
    same.find((span: TaskSpan) => span.actions.some((action) => action.start_us === hit.from)) ?? same[0];
  return found ? { nbytes: found.nbytes, type: found.type } : null;
}
