import { useEffect } from "preact/hooks";

// The title of the document while a page is shown: "Clusters · Pilothouse".
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Pilothouse` : "Pilothouse";
  }, [title]);
}
