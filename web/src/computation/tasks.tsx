import { useState } from "preact/hooks";
import type { Span } from "../api/types";
import { count, duration } from "../format/number";
import { Empty } from "../parts/states";
import { cssColour, type PrefixColours } from "../stream/colours";
import type { Target } from "../stream/task_stream";
import type { Slow } from "./facts";

export type Search = (text: string) => Promise<{ spans: Span[]; more: boolean }>;

interface Found {
  text: string;
  spans: Span[];
  more: boolean;
  problem: string | null;
}

// Looks for tasks by a part of their key.
export function KeySearch({ search, show }: { search: Search; show: (target: Target) => void }) {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<Found | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      setFound({ text, problem: null, ...(await search(text.trim())) });
    } catch (failure) {
      setFound({ text, spans: [], more: false, problem: (failure as Error).message });
    }
    setBusy(false);
  };
  return (
    <div class="stack key-search">
      <form class="row" aria-label="Find tasks" onSubmit={submit}>
        <input
          type="search"
          aria-label="Part of a task's key"
          placeholder="Find a task by its key"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="button" disabled={busy || text.trim() === ""}>
          {busy ? "Looking…" : "Find"}
        </button>
        {found && (
          <button type="button" class="button" onClick={() => setFound(null)}>
            Close the list
          </button>
        )}
      </form>
      {found?.problem && (
        <p class="bad-text" role="alert">
          {found.problem}
        </p>
      )}
      {found && !found.problem && (
        <div role="status">
          {found.spans.length === 0 ? (
            <Empty>No task was run whose key contains “{found.text}”.</Empty>
          ) : (
            <>
              <p class="muted">
                {count(found.spans.length)}
                {found.more ? " or more" : ""} {found.spans.length === 1 ? "run" : "runs"} of such tasks
              </p>
              <ul class="hits">
                {found.spans.map((span, i) => (
                  <li key={i}>
                    <button type="button" class="hit" onClick={() => show(target(span))}>
                      <code>{span.key}</code>
                      <span class={span.status === "erred" ? "bad-text" : "muted"}>
                        {duration(target(span).to - target(span).from)}
                        {span.status === "erred" ? ", erred" : ""}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
    </div>
  );
}

export function target(span: Span): Target {
  return {
    key: span.key,
    group: span.group,
    worker: span.worker,
    thread: span.thread,
    from: Math.min(...span.actions.map((action) => action.start_us)),
    to: Math.max(...span.actions.map((action) => action.stop_us)),
  };
}

// The runs that computed for the longest.
export function SlowestTasks(props: {
  tasks: Slow[];
  colours: PrefixColours;
  show: (target: Target) => void;
}) {
  const { tasks, colours, show } = props;
  const longest = Math.max(1, ...tasks.map((task) => task.duration_us));
  return (
    <section class="card" aria-label="Slowest tasks">
      <header>
        <h2>Slowest tasks</h2>
        <span class="muted">a click shows one in the stream</span>
      </header>
      {tasks.length === 0 ? (
        <Empty>No task has computed yet.</Empty>
      ) : (
        <ol class="hits body">
          {tasks.map((task) => (
            <li key={`${task.key} ${task.start_us}`}>
              <button
                type="button"
                class="hit"
                onClick={() => show({ ...task, from: task.start_us, to: task.start_us + task.duration_us })}
              >
                <span
                  class="swatch"
                  style={{ background: cssColour(colours.of(task.prefix)) }}
                  aria-hidden="true"
                />
                <code>{task.key}</code>
                <span class="length" aria-hidden="true">
                  <span style={{ width: `${(100 * task.duration_us) / longest}%` }} />
                </span>
                <span class="number">{duration(task.duration_us)}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
