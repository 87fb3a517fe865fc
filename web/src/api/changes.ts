import type { QueryClient } from "@tanstack/react-query";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { useSyncExternalStore } from "preact/compat";
import { HubError, request } from "./client";
import { type Changed, Refresher } from "./refresher";

// How the pages stay true: the hub says which clusters changed, and what is shown of them is asked for again. A query
// names the clusters that its answer depends on in `meta.clusters`; without that, it is never asked again by itself.

export type Link =
  | { state: "connecting" }
  | { state: "live"; restarted: Date | null } // when this page noticed that the hub is another process than before
  | { state: "offline"; since: Date };

const kRetryMs = [500, 1000, 2000, 5000];
const kSteadyMs = 10_000; // a connection that ended sooner was no success
const kQuietMs = 40_000; // the hub sends something every 15 s

let link: Link = { state: "connecting" };
const listeners = new Set<() => void>();

function setLink(next: Link): void {
  link = next;
  for (const listener of listeners) listener();
}

const followers = new Set<(changed: number[] | "all") => void>();

// Tells `follower` which clusters changed, until the returned function is called: for listings too long to be asked
// for again as a whole.
export function onChanges(follower: (changed: number[] | "all") => void): () => void {
  followers.add(follower);
  return () => followers.delete(follower);
}

export function useLink(): Link {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => link,
  );
}

// Follows the hub until `signal` ends it. A page that nobody looks at holds no connection: browsers allow few.
export async function followChanges(queries: QueryClient, signal: AbortSignal): Promise<void> {
  const refresher = new Refresher(queries);
  signal.addEventListener("abort", () => refresher.stop(), { once: true });
  setLink({ state: "connecting" });
  const refresh = (changed: Changed) => {
    for (const follower of followers) follower(changed);
    refresher.changed(changed);
  };
  let hub: string | null = null;
  let failures = 0;
  while (!signal.aborted) {
    if (document.hidden) {
      await happens(document, "visibilitychange", signal);
      continue;
    }
    let opened = Number.POSITIVE_INFINITY;
    try {
      for await (const event of events(signal)) {
        const data = JSON.parse(event.data);
        if (event.event === "hello") {
          setLink({ state: "live", restarted: hub !== null && hub !== data.hub ? new Date() : null });
          hub = data.hub;
          opened = performance.now();
          refresh("all"); // what changed since it was asked for, and was told to nobody
        } else if (event.event === "changes") {
          refresh(data.all ? "all" : data.clusters);
        }
      }
    } catch (failure) {
      if (failure instanceof HubError && failure.status === 401) queries.invalidateQueries();
    }
    if (signal.aborted || document.hidden) continue;
    failures = performance.now() - opened > kSteadyMs ? 1 : failures + 1;
    if (failures > 1 && link.state !== "offline") setLink({ state: "offline", since: new Date() });
    await pause(kRetryMs[Math.min(failures, kRetryMs.length) - 1] ?? 0, signal);
  }
}

async function* events(signal: AbortSignal) {
  const stream = new AbortController();
  const stop = () => stream.abort();
  const stopWhenHidden = () => document.hidden && stop();
  let quiet = setTimeout(stop, kQuietMs);
  signal.addEventListener("abort", stop);
  document.addEventListener("visibilitychange", stopWhenHidden);
  try {
    const response = await request("/changes", { signal: stream.signal });
    const heard = new TransformStream<string, string>({
      transform(piece, out) {
        clearTimeout(quiet);
        quiet = setTimeout(stop, kQuietMs);
        out.enqueue(piece);
      },
    });
    const reader = response.body
      ?.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
      .pipeThrough(heard)
      .pipeThrough(new EventSourceParserStream())
      .getReader();
    for (;;) {
      const next = await reader?.read();
      if (next === undefined || next.done) return;
      yield next.value;
    }
  } finally {
    clearTimeout(quiet);
    stream.abort();
    signal.removeEventListener("abort", stop);
    document.removeEventListener("visibilitychange", stopWhenHidden);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const over = new EventTarget();
  const timer = setTimeout(() => over.dispatchEvent(new Event("over")), ms);
  await happens(over, "over", signal);
  clearTimeout(timer);
}

// When it happens, or `signal` ends the waiting.
function happens(target: EventTarget, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      target.removeEventListener(event, done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    target.addEventListener(event, done);
    signal.addEventListener("abort", done);
  });
}
