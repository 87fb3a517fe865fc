import type { Cluster, Micros } from "../api/types";

export interface Stage {
  name: "requested" | "acknowledged" | "observed";
  what: string;
  us: Micros | null; // null: not yet
}

// How far a request to close a cluster has come.
export function closeStages(cluster: Pick<Cluster, "desired_state">): Stage[] {
  const desired = cluster.desired_state;
  if (!desired) return [];
  return [
    { name: "requested", what: "The hub took the request.", us: desired.requested_us },
    { name: "acknowledged", what: "The cluster took it from the hub.", us: desired.acknowledged_us },
    { name: "observed", what: "The scheduler has stopped.", us: desired.observed_us },
  ];
}

export function isOver(cluster: Pick<Cluster, "desired_state" | "status">): boolean {
  return cluster.status !== "running" || Boolean(cluster.desired_state?.observed_us);
}

// Of a cluster that is over: what became of it, and what became of a request that came too late.
export function ending(cluster: Pick<Cluster, "status">): { title: string; text: string } {
  return cluster.status === "lost"
    ? { title: "is lost", text: "Nothing is heard of it any more." }
    : { title: "has stopped", text: "It stopped before it was asked to." };
}
