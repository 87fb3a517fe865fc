import { expect, test } from "vitest";
import { closeStages, ending, isOver } from "./close_stages";

const desired = { state: "stopped", requested_us: 1, acknowledged_us: null, observed_us: null } as const;

test("no stages before anybody asked", () => {
  expect(closeStages({ desired_state: null })).toEqual([]);
});

test("stages in the order in which they are reached", () => {
  const stages = closeStages({ desired_state: { ...desired, acknowledged_us: 2 } });
  expect(stages.map(({ name, us }) => [name, us])).toEqual([
    ["requested", 1],
    ["acknowledged", 2],
    ["observed", null],
  ]);
});

test("over is what stopped, or what is lost", () => {
  expect(isOver({ status: "running", desired_state: desired })).toBe(false);
  expect(isOver({ status: "running", desired_state: { ...desired, observed_us: 3 } })).toBe(true);
  expect(isOver({ status: "lost", desired_state: null })).toBe(true);
});

test("a cluster that is lost is not said to have stopped", () => {
  expect(ending({ status: "lost" }).title).toBe("is lost");
  expect(ending({ status: "stopped" }).title).toBe("has stopped");
});
