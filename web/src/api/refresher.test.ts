import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Changed, Refresher, touches } from "./refresher";

describe("what is asked for again", () => {
  it("is what names a cluster that changed", () => {
    expect(touches({ clusters: [1, 2] }, [2, 3])).toBe(true);
    expect(touches({ clusters: [1, 2] }, [3])).toBe(false);
    expect(touches({ clusters: [1] }, [])).toBe(false);
    expect(touches({ clusters: [] }, [1])).toBe(false);
  });

  it("is everything that names any, when all may have changed", () => {
    expect(touches({ clusters: [1] }, "all")).toBe(true);
    expect(touches({ clusters: "all" }, [7])).toBe(true);
    expect(touches({}, "all")).toBe(false);
    expect(touches(undefined, "all")).toBe(false);
  });
});

describe("the refresher", () => {
  let queries: QueryClient;
  let refresher: Refresher;
  let stops: (() => void)[];

  beforeEach(() => {
    vi.useFakeTimers();
    queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    refresher = new Refresher(queries);
    stops = [];
  });

  afterEach(() => {
    for (const stop of stops) stop();
    refresher.stop();
    queries.clear();
    vi.useRealTimers();
  });

  function shown(clusters: Changed, ask: () => unknown, name = "one") {
    const observer = new QueryObserver(queries, {
      queryKey: [name],
      queryFn: async () => ask(),
      meta: { clusters },
      staleTime: 60_000,
    });
    stops.push(observer.subscribe(() => undefined));
    return observer;
  }

  it("asks at once for what is shown and older than a moment", async () => {
    const ask = vi.fn(() => 1);
    const other = vi.fn(() => 1);
    shown([1], ask);
    shown([2], other, "other");
    await vi.advanceTimersByTimeAsync(5000);
    refresher.changed([1]);
    await vi.advanceTimersByTimeAsync(10);
    expect(ask).toHaveBeenCalledTimes(2);
    expect(other).toHaveBeenCalledTimes(1);
  });

  it("asks once a second at most, and still for the last change", async () => {
    let now = 0;
    const observer = shown([1], () => now);
    await vi.advanceTimersByTimeAsync(5000);
    const before = queries.getQueryState(["one"])?.dataUpdateCount ?? 0;
    for (now = 1; now <= 20; now += 1) {
      refresher.changed([1]);
      await vi.advanceTimersByTimeAsync(100);
    }
    now = 99;
    refresher.changed([1]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(observer.getCurrentResult().data).toBe(99);
    expect((queries.getQueryState(["one"])?.dataUpdateCount ?? 0) - before).toBeLessThanOrEqual(4);
  });

  it("asks again when a change came while an answer was on its way", async () => {
    let value = "old";
    const observer = shown([1], async () => {
      const read = value;
      await new Promise((resolve) => setTimeout(resolve, 3000));
      return read;
    });
    await vi.advanceTimersByTimeAsync(100);
    value = "new";
    refresher.changed([1]);
    await vi.advanceTimersByTimeAsync(3000);
    expect(observer.getCurrentResult().data).toBe("old");
    await vi.advanceTimersByTimeAsync(5000);
    expect(observer.getCurrentResult().data).toBe("new");
  });

  it("asks again after a failure, not without end", async () => {
    const ask = vi.fn(() => {
      throw new Error("no");
    });
    shown("all", ask);
    await vi.advanceTimersByTimeAsync(5000);
    refresher.changed("all");
    await vi.advanceTimersByTimeAsync(20_000);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it("leaves what nobody looks at for when somebody does", async () => {
    const ask = vi.fn(() => 1);
    shown([1], ask);
    await vi.advanceTimersByTimeAsync(5000);
    stops.pop()?.();
    refresher.changed([1]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(ask).toHaveBeenCalledTimes(1);
    shown([1], ask);
    await vi.advanceTimersByTimeAsync(10);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it("does nothing once it was stopped", async () => {
    const ask = vi.fn(() => 1);
    shown([1], ask);
    await vi.advanceTimersByTimeAsync(100);
    refresher.changed([1]);
    refresher.stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect(ask).toHaveBeenCalledTimes(1);
  });
});
