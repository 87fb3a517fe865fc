import type { Micros } from "../api/types";
import { duration } from "../format/number";
import { useNow } from "./now";

// How long something took; goes on while it has no end.
export function Elapsed({ fromUs, toUs }: { fromUs: Micros; toUs: Micros | null }) {
  const goesOn = toUs === null;
  const nowUs = useNow(goesOn);
  const us = Math.max(0, (toUs ?? nowUs) - fromUs);
  return <span class="nowrap">{duration(goesOn ? Math.floor(us / 1e6) * 1e6 : us)}</span>;
}
