import { expect, test } from "vitest";
import { isWebAddress } from "./web_address";

test("links lead to web addresses only", () => {
  expect(isWebAddress("http://10.0.0.1:8787/status")).toBe(true);
  expect(isWebAddress("https://dask.example.org")).toBe(true);
  for (const other of [
    null,
    "",
    "/status",
    "javascript:alert(1)",
    " JavaScript:alert(1)",
    "data:text/html,x",
  ]) {
    expect(isWebAddress(other)).toBe(false);
  }
});
