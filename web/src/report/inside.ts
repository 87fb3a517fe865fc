import { count, duration } from "../format/number";
import type { Index } from "./contents";

// What the file says of itself: what is in it, and what is not.
export function whatIsInside(index: Index): string[] {
  const { runs_inside, runs_total, runs_expired, detail_us, lanes_inside, lanes_total } = index;
  const told: string[] = [];
  if (runs_inside >= runs_total) {
    told.push(`All ${count(runs_total)} runs are inside one by one.`);
  } else {
    told.push(`${count(runs_inside)} of ${count(runs_total)} runs are inside one by one.`);
    if (detail_us > 0)
      told.push(`The others are summed up by thread, with detail down to ${duration(detail_us)}.`);
  }
  if (runs_expired > 0) told.push(`The hub no longer kept ${count(runs_expired)} of them one by one.`);
  if (lanes_inside < lanes_total) {
    told.push(`Of ${count(lanes_total)} threads the first ${count(lanes_inside)} are inside.`);
  }
  return told;
}
