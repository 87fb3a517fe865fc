import { Typed } from "../parts/typed";
import { type Filters, kPeriods } from "./filters";

export function FilterBar({ filters, change }: { filters: Filters; change: (next: Filters) => void }) {
  const set = (part: Partial<Filters>) => change({ ...filters, ...part });
  return (
    <search class="row filters">
      <Typed
        label="Text"
        placeholder="message, key or traceback"
        value={filters.text}
        change={(text) => set({ text })}
      />
      <Typed label="Type" placeholder="type" value={filters.type} change={(type) => set({ type })} />
      <Typed label="User" placeholder="user" value={filters.user} change={(user) => set({ user })} />
      <select
        aria-label="Last seen"
        value={filters.since}
        onChange={(event) => set({ since: event.currentTarget.value })}
      >
        {kPeriods.map((period) => (
          <option key={period.since} value={period.since}>
            {period.name}
          </option>
        ))}
      </select>
    </search>
  );
}
