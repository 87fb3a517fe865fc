import { askBytes } from "../api/client";
import { decodeTimeline } from "./decode";
import type { Timeline, TimelineSource, TimelineView } from "./source";

// The timelines of one computation, as the hub tells them. It is asked for one after the other: they are the
// dearest of its answers.
export class HubSource implements TimelineSource {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly computation: number) {}

  load(view: TimelineView, signal?: AbortSignal): Promise<Timeline> {
    const answer = this.last.then(() => this.ask(view, signal));
    this.last = answer.catch(() => undefined);
    return answer;
  }

  private async ask(view: TimelineView, signal: AbortSignal | undefined): Promise<Timeline> {
    signal?.throwIfAborted();
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
