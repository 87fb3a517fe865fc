import type { Cluster } from "../api/types";
import { count } from "../format/number";

const kRefused: Record<string, string> = {
  groups: "roll-ups of groups beyond the limit",
  lanes: "threads beyond the limit",
  workers: "workers beyond the limit",
  impossible_times: "spans with impossible times",
  exception_groups: "exceptions beyond the limit of groups",
  plugins: "plugins beyond the limit",
};

// What is missing from the record of a cluster, in words; empty when it is whole.
export function losses(cluster: Pick<Cluster, "missing_chunks" | "dropped" | "refused">): string[] {
  const told: string[] = [];
  if (cluster.missing_chunks > 0) {
    told.push(`${count(cluster.missing_chunks)} uploads never arrived`);
  }
  for (const [kind, number] of Object.entries(cluster.dropped)) {
    if (number > 0) told.push(`${count(number)} records of ${kind} dropped by the recorder`);
  }
  for (const [reason, number] of Object.entries(cluster.refused)) {
    if (number > 0) told.push(`${count(number)} ${kRefused[reason] ?? reason} left out by the hub`);
  }
  return told;
}
