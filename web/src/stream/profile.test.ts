import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeTimeline } from "./decode";
import { Profile } from "./profile";

test.each(["cells", "runs"])("no time gets lost: %s", (name) => {
  const file = readFileSync(new URL(`./fixtures/${name}.bin`, import.meta.url));
  const timeline = decodeTimeline(new Uint8Array(file).buffer);
  const span = { from: timeline.from - 1e6, to: timeline.to + 1e6 };
  const profile = new Profile(span, 100);
  profile.add(timeline, (group) => timeline.groups.indexOf(group) % 2);
  const threads = [...profile.series.values()].flatMap((column) => [...column]);
  const busy = threads.reduce((a, b) => a + b, 0) * ((span.to - span.from) / 100);
  expect(busy / (name === "cells" ? 25484690 : 681914)).toBeCloseTo(1, 4);
  expect([...profile.series.keys()].every((series) => series <= 1)).toBe(true);
});
