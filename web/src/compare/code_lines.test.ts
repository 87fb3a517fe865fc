import { describe, expect, it } from "vitest";
import { lineDifference, pieces } from "./code_lines";
import { codeOf } from "./code_text";

const told = (a: string, b: string) =>
  lineDifference(a, b)?.map((line) => `${{ same: " ", gone: "-", new: "+" }[line.kind]}${line.text}`);

describe("code of two computations", () => {
  it("is one text", () => {
    expect(codeOf([{ text: "a = 1" }, { text: "b = 2\n\n" }])).toBe("a = 1\n\nb = 2\n");
    expect(codeOf([])).toBe("");
  });

  it("differs line by line", () => {
    expect(told("a\nb\nc\n", "a\nx\nc\n")).toEqual([" a", "-b", "+x", " c"]);
    expect(told("a\n\n", "a\n\n")).toEqual([" a", " "]);
  });

  it("hides what stayed far from every change", () => {
    const a = Array.from({ length: 30 }, (_, at) => `line ${at}`);
    const b = a.with(15, "changed");
    const found = pieces(lineDifference(a.join("\n"), b.join("\n")) ?? []);
    expect(found.map((piece) => [piece.hidden, piece.lines.length])).toEqual([
      [true, 12],
      [false, 8],
      [true, 11],
    ]);
    expect(found.flatMap((piece) => piece.lines)).toHaveLength(31);
  });
});
