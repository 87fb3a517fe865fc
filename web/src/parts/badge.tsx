import type { ClusterStatus, ComputationState } from "../api/types";

const kTones: Record<ClusterStatus | ComputationState, string> = {
  running: "good",
  stopped: "calm",
  lost: "warn",
  done: "calm",
  erred: "bad",
  cancelled: "warn",
};

export function Badge({ status }: { status: ClusterStatus | ComputationState }) {
  return (
    <span class={`badge ${kTones[status]}`}>
      <span class="dot" aria-hidden="true" />
      {status}
    </span>
  );
}
