import { expect, test } from "vitest";
import type { Cluster, Page } from "../api/types";
import { withCluster, withFirstPage } from "./pages";

const cluster = (id: number, more: object = {}) => ({ id, start_us: id * 100, ...more }) as Cluster;
const page = (ids: number[], next: string | null): Page<Cluster> => ({
  items: ids.map((id) => cluster(id)),
  next,
});
const ids = (pages: Page<Cluster>[]) => pages.map((one) => one.items.map((item) => item.id));

test("new clusters push none out of the list", () => {
  const pages = withFirstPage([page([4, 3], "a"), page([2, 1], null)], page([6, 5], "b"));
  expect(ids(pages)).toEqual([
    [6, 5, 4, 3],
    [2, 1],
  ]);
  expect(pages[0]?.next).toBe("a");
});

test("clusters that are gone leave the first page, which fills up from the second", () => {
  const pages = withFirstPage([page([4, 3], "a"), page([2, 1], null)], page([4, 2], "b"));
  expect(ids(pages)).toEqual([[4, 2], [1]]);
});

test("a first page that is all there is", () => {
  expect(withFirstPage([page([2, 1], "a"), page([0], null)], page([3], null))).toEqual([page([3], null)]);
  expect(withFirstPage([], page([3], "x"))).toEqual([page([3], "x")]);
});

test("the only page goes on where the fresh one ends", () => {
  expect(withFirstPage([page([2, 1], null)], page([2, 1], "b"))[0]?.next).toBe("b");
});

test("one cluster anew, with the activity known before", () => {
  const before = [{ items: [cluster(2, { activity: { bucket_us: 1 } }), cluster(1)], next: null }];
  const after = withCluster(before, 2, cluster(2, { name: "new" }));
  expect(after[0]?.items[0]).toMatchObject({ name: "new", activity: { bucket_us: 1 } });
  expect(ids(withCluster(before, 2, undefined))).toEqual([[1]]);
  expect(withCluster(before, 7, cluster(7))).toEqual(before);
});
