import { useEffect, useReducer } from "preact/hooks";
import { ago } from "../format/time";
import type { Column } from "../parts/table";
import { When } from "../parts/when";

const kStepMs = 20_000;

// A moment, and how long ago that was, which goes on by itself.
export function Seen({ us }: { us: number }) {
  const [, again] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => again(undefined), kStepMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <span class="seen">
      <When us={us} /> <span class="muted nowrap">{ago(us)}</span>
    </span>
  );
}

export const kSeen: Column<{ first_us: number; last_us: number }>[] = [
  { id: "last", title: "Last seen", order: (one) => one.last_us, cell: (one) => <Seen us={one.last_us} /> },
  {
    id: "first",
    title: "First seen",
    order: (one) => one.first_us,
    cell: (one) => <Seen us={one.first_us} />,
  },
];
