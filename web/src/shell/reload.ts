const kStored = "pilothouse.reloaded";
const kAgainMs = 60_000;

// Whether a part of the pages could not be loaded: another version of the hub has parts of other names.
export function isMissingPart(error: Error): boolean {
  return /dynamically imported module|importing a module script failed|preload css/i.test(error.message);
}

// Loads the page again where that may help: the hub is there, and this was not tried just before.
export async function reloadOnce(): Promise<void> {
  const last = Number(sessionStorage.getItem(kStored) ?? 0);
  if (Date.now() - last < kAgainMs) return;
  const there = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  if (!there?.ok) return;
  sessionStorage.setItem(kStored, String(Date.now()));
  location.reload();
}
