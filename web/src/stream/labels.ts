import type { Lane } from "./source";

// What a lane is called: its worker, and which of the worker's threads, from 0.
export function laneLabel(
  lanes: readonly (Lane | undefined)[],
  lane: number,
): { worker: string; thread: number } {
  const own = lanes[lane];
  if (!own) return { worker: "…", thread: 0 };
  let thread = 0;
  while (lanes[lane - thread - 1]?.worker === own.worker && lane - thread - 1 >= 0) thread += 1;
  return { worker: own.name ?? shortAddress(own.worker), thread };
}

export const shortAddress = (address: string | null) =>
  address?.replace(/^[a-z]+:\/\//, "") ?? "unknown worker";

// ('sum-1a2b', 3, 0) -> sum (3, 0); inc-9f... -> inc 9f...
export function taskLabel(key: string, prefix: string): string {
  const tuple = /^\('[^']*', ?(.*)\)$/.exec(key);
  if (tuple) return `${prefix} (${tuple[1]})`;
  return key.startsWith(prefix) ? `${prefix} ${key.slice(prefix.length).replace(/^-/, "")}` : key;
}
