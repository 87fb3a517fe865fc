import { describe, expect, it } from "vitest";
import { addressOf, filtersOf, nothingFound } from "./filters";

const kNone = { text: "", type: "", user: "", since: "" };

describe("filters", () => {
  it("come back from the address as they went in", () => {
    const filters = { text: "a & b=ü", type: "KeyError", user: "ada", since: "7 days" };
    expect(filtersOf(addressOf(filters).replace("/exceptions?", ""))).toEqual(filters);
    expect(addressOf(kNone)).toBe("/exceptions");
    expect(filtersOf("")).toEqual(kNone);
  });

  it("take only periods that can be chosen", () => {
    expect(filtersOf("since=4 fortnights").since).toBe("");
  });

  it("say what was not found", () => {
    expect(nothingFound(kNone)).toBe("No task failed yet.");
    expect(nothingFound({ ...kNone, since: "7 days" })).toBe("No task failed in the last 7 days.");
    expect(nothingFound({ ...kNone, type: "KeyError", user: "ada", since: "1 hour" })).toBe(
      "No exception of type KeyError, on a cluster of ada was recorded in the last hour.",
    );
  });
});
