import { fullMoment, iso, moment, utc } from "../format/time";

// A moment in the viewer's zone, with UTC on hover.
export function When({ us, full = false }: { us: number; full?: boolean }) {
  return (
    <time class="nowrap" dateTime={iso(us)} title={utc(us)}>
      {full ? fullMoment(us) : moment(us)}
    </time>
  );
}
