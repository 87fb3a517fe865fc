import { useEffect, useState } from "preact/hooks";
import type { Micros } from "../api/types";
import { duration } from "../format/number";

// How long something took; goes on while it has no end.
export function Elapsed({ fromUs, toUs }: { fromUs: Micros; toUs: Micros | null }) {
  const [nowUs, setNowUs] = useState(() => Date.now() * 1000);
  const goesOn = toUs === null;
  useEffect(() => {
    if (!goesOn) return;
    const timer = setInterval(() => setNowUs(Date.now() * 1000), 1000);
    return () => clearInterval(timer);
  }, [goesOn]);
  const us = Math.max(0, (toUs ?? nowUs) - fromUs);
  return <span class="nowrap">{duration(goesOn ? Math.floor(us / 1e6) * 1e6 : us)}</span>;
}
