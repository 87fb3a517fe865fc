import { useEffect, useRef } from "preact/hooks";

interface Listing {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage: () => unknown;
}

// The end of a listing: asks for what comes next when it comes into sight, or when it is pressed.
export function More({ listing }: { listing: Listing }) {
  const button = useRef<HTMLButtonElement>(null);
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = listing;
  const waits = hasNextPage && !isFetchingNextPage && !isFetchNextPageError;
  useEffect(() => {
    if (!waits || !button.current) return;
    const seen = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) fetchNextPage();
      },
      { rootMargin: "300px" },
    );
    seen.observe(button.current);
    return () => seen.disconnect();
  }, [waits, fetchNextPage]);
  if (!hasNextPage) return null;
  return (
    <p class="more">
      <button
        ref={button}
        type="button"
        class="button"
        disabled={isFetchingNextPage}
        onClick={() => fetchNextPage()}
      >
        {isFetchingNextPage ? "Loading…" : isFetchNextPageError ? "Try again" : "Load more"}
      </button>
    </p>
  );
}
