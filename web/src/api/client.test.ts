import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ask, HubError, pathWith, request } from "./client";

describe("paths", () => {
  it("have the parameters that are given", () => {
    expect(pathWith("/clusters")).toBe("/clusters");
    expect(pathWith("/clusters", { user: undefined, text: "" })).toBe("/clusters");
    expect(pathWith("/clusters", { limit: 50, from: 0 })).toBe("/clusters?limit=50&from=0");
  });

  it("keep what would mean something else in an address", () => {
    const path = pathWith("/exceptions", { text: "a&b=c #1 100%+ü" });
    expect(new URL(path, "http://hub").searchParams.get("text")).toBe("a&b=c #1 100%+ü");
  });
});

describe("a request", () => {
  const answer = vi.fn<typeof fetch>();

  beforeEach(() => {
    vi.stubGlobal("fetch", answer);
    vi.stubGlobal("localStorage", { getItem: () => "ph_stored" });
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    answer.mockReset();
  });

  const refused = (what: Promise<unknown>) =>
    what.catch((failure: HubError) => [failure.status, failure.code]);

  it("carries the token and asks for nothing cached", async () => {
    answer.mockResolvedValue(new Response("{}"));
    await request("/workspace");
    expect(answer).toHaveBeenCalledWith(
      "/api/v1/workspace",
      expect.objectContaining({ headers: { Authorization: "Bearer ph_stored" }, cache: "no-store" }),
    );
  });

  it("says why the hub refused, whatever it answered", async () => {
    answer.mockResolvedValueOnce(new Response('{"error":{"code":"P1","message":"no"}}', { status: 403 }));
    expect(await refused(ask("/x"))).toEqual([403, "P1"]);
    answer.mockResolvedValueOnce(new Response("<h1>Bad gateway</h1>", { status: 502 }));
    expect(await refused(ask("/x"))).toEqual([502, "unreadable"]);
  });

  it("knows a hub that is not there, and one that stops in the middle", async () => {
    answer.mockRejectedValueOnce(new TypeError("Failed to fetch"));
    expect(await refused(ask("/x"))).toEqual([0, "unreachable"]);
    answer.mockResolvedValueOnce(new Response('{"items":[1,'));
    expect(await refused(ask("/x"))).toEqual([0, "unreachable"]);
  });

  it("that is no longer wanted is no failure of the hub", async () => {
    const stop = new AbortController();
    stop.abort();
    answer.mockRejectedValueOnce(stop.signal.reason);
    await expect(ask("/x", {}, stop.signal)).rejects.not.toBeInstanceOf(HubError);
  });

  it("does not send what cannot be a token", async () => {
    expect(await refused(request("/workspace", { token: "ph_–" }))).toEqual([401, "token"]);
    expect(answer).not.toHaveBeenCalled();
  });
});
