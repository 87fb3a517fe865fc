import { useEffect, useRef, useState } from "preact/hooks";
import { type Filters, kPeriods } from "./filters";

const kTypingMs = 300;

export function FilterBar({ filters, change }: { filters: Filters; change: (next: Filters) => void }) {
  const latest = useRef(filters);
  latest.current = filters;
  const set = (part: Partial<Filters>) => change({ ...latest.current, ...part });
  return (
    <search class="row filters">
      <Typed
        name="Text"
        hint="message, key or traceback"
        value={filters.text}
        set={(text) => set({ text })}
      />
      <Typed name="Type" hint="type" value={filters.type} set={(type) => set({ type })} />
      <Typed name="User" hint="user" value={filters.user} set={(user) => set({ user })} />
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

// A field that takes effect when the typing pauses.
function Typed(props: { name: string; hint: string; value: string; set: (value: string) => void }) {
  const { name, hint, value, set } = props;
  const [text, setText] = useState(value);
  const given = useRef(value);
  useEffect(() => {
    if (given.current === value) return;
    given.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    if (text.trim() === given.current) return;
    const timer = setTimeout(() => {
      given.current = text.trim();
      set(given.current);
    }, kTypingMs);
    return () => clearTimeout(timer);
  });
  return (
    <input
      type="search"
      aria-label={name}
      placeholder={hint}
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
    />
  );
}
