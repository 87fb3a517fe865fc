import { useEffect, useState } from "preact/hooks";

export type Theme = "light" | "dark";
const kStored = "pilothouse.theme";
const kDark = matchMedia("(prefers-color-scheme: dark)");

function chosen(): Theme | null {
  const stored = localStorage.getItem(kStored);
  return stored === "light" || stored === "dark" ? stored : null;
}

const current = (): Theme => chosen() ?? (kDark.matches ? "dark" : "light");

export function applyTheme(): void {
  document.documentElement.dataset.theme = current();
}

// The theme, which follows the system until somebody chooses; canvases draw themselves again with it.
export function useTheme(): { theme: Theme; toggle: () => void } {
  const [theme, setTheme] = useState(current);
  useEffect(() => {
    const follow = () => {
      applyTheme();
      setTheme(current());
    };
    kDark.addEventListener("change", follow);
    addEventListener("pilothouse-theme", follow);
    return () => {
      kDark.removeEventListener("change", follow);
      removeEventListener("pilothouse-theme", follow);
    };
  }, []);
  const toggle = () => {
    localStorage.setItem(kStored, theme === "dark" ? "light" : "dark");
    dispatchEvent(new Event("pilothouse-theme"));
  };
  return { theme, toggle };
}
