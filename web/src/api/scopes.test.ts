import { expect, test } from "vitest";
import { opens } from "./scopes";
import type { Workspace } from "./types";

const signedIn = (...scopes: string[]): Workspace => ({
  name: "default",
  user: "ada",
  role: "member",
  token: { name: "nightly", scopes, expires_us: null },
});

test("a token opens what its scopes say", () => {
  expect(opens(signedIn("ingest", "read"), "read")).toBe(true);
  expect(opens(signedIn("ingest", "read"), "control")).toBe(false);
  expect(opens(signedIn("ingest"), "read")).toBe(false);
});

test("admin opens everything", () => {
  expect(opens(signedIn("admin"), "read")).toBe(true);
  expect(opens(signedIn("admin"), "control")).toBe(true);
});
