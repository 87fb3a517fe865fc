import { useEffect, useRef } from "preact/hooks";
import type { ClusterStatus } from "../api/types";
import { Typed } from "../parts/typed";
import { type Filters, isFiltered, kNoFilters, kStatuses, kTimes } from "./filters";

export function FilterBar(props: {
  filters: Filters;
  change: (filters: Filters, replace?: boolean) => void;
  users: string[];
}) {
  const { filters, change, users } = props;
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof Element && event.target.matches("input, select, textarea, dialog *");
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      search.current?.select();
    };
    addEventListener("keydown", focus);
    return () => removeEventListener("keydown", focus);
  }, []);

  return (
    <search class="row filters" aria-label="Filters of clusters">
      <Typed
        field={search}
        label="Search"
        placeholder="Name, address, host…  /"
        value={filters.text}
        change={(text) => change({ ...filters, text }, true)}
      />
      <Typed
        label="User"
        placeholder="Any user"
        value={filters.user}
        options={users}
        change={(user) => change({ ...filters, user }, true)}
      />
      <select
        aria-label="Status"
        value={filters.status}
        onChange={(event) => change({ ...filters, status: event.currentTarget.value as ClusterStatus | "" })}
      >
        <option value="">Any status</option>
        {kStatuses.map((status) => (
          <option key={status} value={status}>
            {status}
          </option>
        ))}
      </select>
      <select
        aria-label="Time"
        value={filters.since}
        onChange={(event) => change({ ...filters, since: event.currentTarget.value })}
      >
        <option value="">All times</option>
        {Object.entries(kTimes).map(([value, time]) => (
          <option key={value} value={value}>
            {time.name}
          </option>
        ))}
      </select>
      {isFiltered(filters) && (
        <button type="button" class="button" onClick={() => change(kNoFilters)}>
          Clear
        </button>
      )}
    </search>
  );
}
