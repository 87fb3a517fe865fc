import { useEffect, useRef } from "preact/hooks";
import { Failure } from "./states";

interface Listing {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: Error | null;
  fetchNextPage: () => unknown;
}

// The end of a listing: loads the next page when it comes into view, or by its button.
export function More({ listing }: { listing: Listing }) {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(listing);
  latest.current = listing;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError } = listing;
  const waits = hasNextPage && !isFetchingNextPage && !isFetchNextPageError;

  useEffect(() => {
    const element = end.current;
    if (!element || !waits) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) latest.current.fetchNextPage();
      },
      { rootMargin: "600px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [waits]);

  if (!hasNextPage) return null;
  if (isFetchNextPageError && listing.error) {
    return <Failure error={listing.error} retry={() => listing.fetchNextPage()} />;
  }
  return (
    <div class="more" ref={end}>
      <button
        type="button"
        class="button small"
        disabled={isFetchingNextPage}
        onClick={() => listing.fetchNextPage()}
      >
        {isFetchingNextPage ? "Loading…" : "Load more"}
      </button>
    </div>
  );
}
