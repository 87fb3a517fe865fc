import { useEffect, useState } from "preact/hooks";
import type { Micros } from "../api/types";

// This moment; moves on every second while `moves`.
export function useNow(moves: boolean): Micros {
  const [now, setNow] = useState(() => Date.now() * 1000);
  useEffect(() => {
    if (!moves) return;
    const timer = setInterval(() => setNow(Date.now() * 1000), 1000);
    return () => clearInterval(timer);
  }, [moves]);
  return now;
}
