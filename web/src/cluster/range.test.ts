import { expect, test } from "vitest";
import { moved, readRange } from "./range";

const whole = { fromUs: 0, toUs: 100e6 };

test("a range from the address", () => {
  const read = (query: string) => readRange(new URLSearchParams(query));
  expect(read("from=10&to=20")).toEqual({ fromUs: 10, toUs: 20 });
  for (const wrong of ["", "from=10", "from=20&to=10", "from=a&to=10", "from=-1&to=4"]) {
    expect(read(wrong)).toBeNull();
  }
});

test("closer, and back to the whole", () => {
  expect(moved(whole, whole, 0.5, 0)).toEqual({ fromUs: 25e6, toUs: 75e6 });
  expect(moved({ fromUs: 25e6, toUs: 75e6 }, whole, 2, 0)).toBeNull();
  expect(moved({ fromUs: 10e6, toUs: 11e6 }, whole, 0.5, 0)).toEqual({ fromUs: 10e6, toUs: 11e6 });
});

test("to the side, as far as there is something", () => {
  expect(moved({ fromUs: 20e6, toUs: 40e6 }, whole, 1, 0.5)).toEqual({ fromUs: 30e6, toUs: 50e6 });
  expect(moved({ fromUs: 90e6, toUs: 100e6 }, whole, 1, 0.5)).toEqual({ fromUs: 90e6, toUs: 100e6 });
});
