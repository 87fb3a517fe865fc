import type { Cluster, Page } from "../api/types";

// The list of clusters, kept up to date piece by piece: newest first, as the hub sorts it.

const isNewer = (one: Cluster, other: Cluster) =>
  one.start_us > other.start_us || (one.start_us === other.start_us && one.id > other.id);

// The first page was asked for again. What it no longer has is gone, unless newer clusters pushed it off the page.
export function withFirstPage(pages: Page<Cluster>[], fresh: Page<Cluster>): Page<Cluster>[] {
  const [old, ...rest] = pages;
  const last = fresh.items[fresh.items.length - 1];
  if (!old || !last || fresh.next === null) return [fresh];
  const pushedOff = old.items.filter((item) => isNewer(last, item));
  const next = pushedOff.length > 0 || rest.length > 0 ? old.next : fresh.next;
  const seen = new Set([...fresh.items, ...pushedOff].map((item) => item.id));
  const others = rest.map((page) => ({ ...page, items: page.items.filter((item) => !seen.has(item.id)) }));
  return [{ items: [...fresh.items, ...pushedOff], next }, ...others];
}

// One cluster was asked for again; undefined: it is not in this list any more.
export function withCluster(pages: Page<Cluster>[], id: number, fresh: Cluster | undefined): Page<Cluster>[] {
  return pages.map((page) => {
    const index = page.items.findIndex((item) => item.id === id);
    if (index < 0) return page;
    const known = page.items[index];
    const items = [...page.items];
    if (fresh) items[index] = known?.activity ? { activity: known.activity, ...fresh } : fresh;
    else items.splice(index, 1);
    return { ...page, items };
  });
}
