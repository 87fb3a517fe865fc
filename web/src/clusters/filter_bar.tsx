import { useEffect, useRef, useState } from "preact/hooks";
import type { ClusterStatus } from "../api/types";
import { type Filters, isFiltered, kNoFilters, kStatuses, kTimes } from "./filters";

const kTypingMs = 300;

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

// A field whose value counts when typing pauses.
function Typed(props: {
  label: string;
  placeholder: string;
  value: string;
  change: (value: string) => void;
  options?: string[];
  field?: { current: HTMLInputElement | null };
}) {
  const { label, placeholder, value, options, field } = props;
  const [typed, setTyped] = useState(value);
  const latest = useRef(props.change);
  latest.current = props.change;
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => latest.current(typed), kTypingMs);
    return () => clearTimeout(timer);
  }, [typed, value]);
  const list = `${label.toLowerCase()}-options`;
  return (
    <>
      <input
        type="search"
        ref={field ?? null}
        aria-label={label}
        placeholder={placeholder}
        value={typed}
        {...(options && { list })}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {options && (
        <datalist id={list}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
    </>
  );
}
