import { useEffect, useReducer } from "preact/hooks";
import { ago } from "../format/time";
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
