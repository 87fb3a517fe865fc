import { askBytes } from "../api/client";
import { decodeTimeline } from "./decode";
import type { Timeline, TimelineSource, TimelineView } from "./source";

// The timelines of one computation, as the hub tells them.
export class HubSource implements TimelineSource {
  constructor(private readonly computation: number) {}

  async load(view: TimelineView, signal?: AbortSignal): Promise<Timeline> {
    const parameters = {
      format: "binary",
      from: whole(view.from),
      to: whole(view.to),
      width: view.width,
      first_lane: view.firstLane,
      lanes: view.lanes,
    };
    return decodeTimeline(await askBytes(`/computations/${this.computation}/timeline`, parameters, signal));
  }
}

const whole = (us: number | undefined) => (us === undefined ? undefined : Math.round(us));
