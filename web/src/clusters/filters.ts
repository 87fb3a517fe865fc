import type { Parameters } from "../api/client";
import type { ClusterStatus } from "../api/types";

// What the list of clusters is narrowed to, as it stands in the address of the page.
export interface Filters {
  text: string;
  user: string;
  status: ClusterStatus | "";
  since: string; // a name of kTimes; "": all
}

export const kTimes: Record<string, { name: string; since: string }> = {
  "1h": { name: "Last hour", since: "1 hour" },
  "24h": { name: "Last 24 hours", since: "24 hours" },
  "7d": { name: "Last 7 days", since: "7 days" },
  "30d": { name: "Last 30 days", since: "30 days" },
};

export const kStatuses: ClusterStatus[] = ["running", "stopped", "lost"];

export const kNoFilters: Filters = { text: "", user: "", status: "", since: "" };

export function readFilters(query: URLSearchParams): Filters {
  const status = query.get("status") as ClusterStatus;
  const since = query.get("since") ?? "";
  return {
    text: query.get("text") ?? "",
    user: query.get("user") ?? "",
    status: kStatuses.includes(status) ? status : "",
    since: Object.hasOwn(kTimes, since) ? since : "",
  };
}

export function writeFilters(filters: Filters): string {
  const given = Object.entries(filters).filter(([, value]) => value !== "");
  return new URLSearchParams(given as [string, string][]).toString();
}

export function isFiltered(filters: Filters): boolean {
  return writeFilters(filters) !== "";
}

export function toParameters(filters: Filters): Parameters {
  return {
    text: filters.text.trim(),
    user: filters.user.trim(),
    status: filters.status,
    since: kTimes[filters.since]?.since,
  };
}
