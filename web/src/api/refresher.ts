import type { Query, QueryClient } from "@tanstack/react-query";

declare module "@tanstack/react-query" {
  interface Register {
    queryMeta: { clusters?: number[] | "all" };
  }
}

export type Changed = number[] | "all";

export function touches(meta: { clusters?: Changed } | undefined, changed: Changed): boolean {
  const wanted = meta?.clusters;
  if (wanted === undefined) return false;
  if (wanted === "all" || changed === "all") return true;
  return wanted.some((cluster) => changed.includes(cluster));
}

const kPauseMs = 1000; // between two answers to the same question, for each page of it

// Has what changed asked for again: not more often than once in a while, and never with an answer as the last one that
// was already on its way when the change came.
export class Refresher {
  readonly #queries: QueryClient;
  readonly #due = new Set<Query>();
  readonly #unsubscribe: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(queries: QueryClient) {
    this.#queries = queries;
    this.#unsubscribe = queries.getQueryCache().subscribe(({ type, query }) => {
      if (type === "removed") this.#due.delete(query);
      if (type === "updated" && query.state.fetchStatus === "idle" && this.#due.has(query)) this.#soon();
    });
  }

  changed(changed: Changed): void {
    for (const query of this.#queries.getQueryCache().getAll()) {
      if (touches(query.meta, changed)) this.#due.add(query);
    }
    this.#go();
  }

  stop(): void {
    this.#unsubscribe();
    clearTimeout(this.#timer);
    this.#due.clear();
  }

  #soon(ms = 0): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#go(), ms);
  }

  #go(): void {
    const now = Date.now();
    const ready = new Set<Query>();
    let wait = Number.POSITIVE_INFINITY;
    for (const query of this.#due) {
      if (query.state.fetchStatus === "fetching") continue; // it says when it is done
      const rest = query.isActive() ? dueAt(query) - now : 0;
      if (rest <= 0) ready.add(query);
      else wait = Math.min(wait, rest);
    }
    for (const query of ready) this.#due.delete(query);
    if (ready.size > 0) {
      void this.#queries.invalidateQueries(
        { predicate: (query) => ready.has(query) },
        { cancelRefetch: false },
      );
    }
    clearTimeout(this.#timer);
    if (wait < Number.POSITIVE_INFINITY) this.#soon(wait);
  }
}

function dueAt(query: Query): number {
  const pages = (query.state.data as { pages?: unknown } | undefined)?.pages;
  const times = Array.isArray(pages) ? Math.max(1, pages.length) : 1;
  return Math.max(query.state.dataUpdatedAt, query.state.errorUpdatedAt) + kPauseMs * times;
}
