// What the listing is narrowed to: in the address of the page, and as the hub is asked.

export interface Filters {
  text: string;
  type: string;
  user: string;
  since: string;
}

export const kPeriods = [
  { since: "1 hour", name: "last hour" },
  { since: "24 hours", name: "last 24 hours" },
  { since: "7 days", name: "last 7 days" },
  { since: "30 days", name: "last 30 days" },
  { since: "", name: "any time" },
];

export function filtersOf(address: string): Filters {
  const query = new URLSearchParams(address);
  const since = query.get("since") ?? "";
  return {
    text: query.get("text") ?? "",
    type: query.get("type") ?? "",
    user: query.get("user") ?? "",
    since: kPeriods.some((period) => period.since === since) ? since : "",
  };
}

export function addressOf(filters: Filters): string {
  const given = Object.entries(filters).filter(([, value]) => value !== "");
  return given.length > 0 ? `/exceptions?${new URLSearchParams(given)}` : "/exceptions";
}

// "No task failed in the last 7 days.", "No exception of ada, with “gauge” was recorded."
export function nothingFound({ text, type, user, since }: Filters): string {
  const period = kPeriods.find((known) => known.since === since && since !== "");
  const when = period ? ` in the ${period.name}` : "";
  const which = [
    type !== "" && `of type ${type}`,
    text !== "" && `with “${text}”`,
    user !== "" && `on a cluster of ${user}`,
  ].filter((words) => words !== false);
  if (which.length === 0) return period ? `No task failed${when}.` : "No task failed yet.";
  return `No exception ${which.join(", ")} was recorded${when}.`;
}
