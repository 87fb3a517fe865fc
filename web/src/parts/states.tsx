import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { HubError } from "../api/client";

// What stands where data would: still loading, nothing there, or why not.

export function Loading({ what }: { what: string }) {
  return (
    <p class="state muted pulse" role="status">
      Loading {what}…
    </p>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="state muted">{children}</div>;
}

export function Failure({ error, retry }: { error: Error; retry?: (() => void) | undefined }) {
  const unreachable = error instanceof HubError && error.unreachable;
  return (
    <div class="state failure" role="alert">
      <strong>{unreachable ? "The hub cannot be reached" : "The hub did not answer this"}</strong>
      <p>
        {unreachable
          ? "Is it running, and is this machine online? This page goes on by itself when it is back."
          : error.message}
      </p>
      {retry && (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

interface Asked<Answer> {
  data: Answer | undefined;
  error: Error | null;
  errorUpdateCount: number;
  refetch: () => unknown;
}

// Why a question was not answered yet. It stands while it is asked again: nothing comes and goes with each try.
export function useUnanswered(asked: Asked<unknown>): Error | null {
  const last = useRef<Error | null>(null);
  if (asked.error) last.current = asked.error;
  else if (asked.data !== undefined || asked.errorUpdateCount === 0) last.current = null;
  return asked.data === undefined ? last.current : null;
}

// What was answered, or its state. An answer stays on the page when a later question fails: the shell says so.
export function Answered<Answer>(props: {
  asked: Asked<Answer>;
  what: string;
  children: (answer: Answer) => ComponentChildren;
}) {
  const { asked, what, children } = props;
  const failure = useUnanswered(asked);
  if (asked.data !== undefined) return <>{children(asked.data)}</>;
  if (failure) return <Failure error={failure} retry={() => asked.refetch()} />;
  return <Loading what={what} />;
}
