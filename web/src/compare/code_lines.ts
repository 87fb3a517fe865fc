import { diffLines } from "diff";

export interface Line {
  kind: "same" | "gone" | "new";
  text: string;
}

export interface Piece {
  lines: Line[];
  hidden: boolean; // many lines in a row that stayed
}

const kContext = 3;
const kSlowMs = 500;

// Null: the two are so different that finding out how would take too long.
export function lineDifference(a: string, b: string): Line[] | null {
  const changes = diffLines(a, b, { timeout: kSlowMs });
  if (changes === undefined) return null;
  return changes.flatMap((change) => {
    const kind = change.added ? "new" : change.removed ? "gone" : "same";
    return change.value
      .replace(/\n$/, "")
      .split("\n")
      .map((text): Line => ({ kind, text }));
  });
}

// Lines that stayed are hidden but for some around each change.
export function pieces(lines: Line[]): Piece[] {
  const near = lines.map(() => false);
  lines.forEach((line, at) => {
    if (line.kind === "same") return;
    for (let by = -kContext; by <= kContext; by += 1) if (at + by in near) near[at + by] = true;
  });
  const found: Piece[] = [];
  lines.forEach((line, at) => {
    const hidden = !near[at];
    const last = found.at(-1);
    if (last?.hidden === hidden) last.lines.push(line);
    else found.push({ lines: [line], hidden });
  });
  return found;
}
