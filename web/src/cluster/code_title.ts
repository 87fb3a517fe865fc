import type { CodeSnippet } from "../api/types";

const kEmpty = /^\s*(#.*|import\s.*|from\s.*|"""|''')?\s*$/;

// The line of code that says most about a computation: the first that does something.
export function codeTitle(code: CodeSnippet[]): string | null {
  for (const { text } of code) {
    const lines = text.split("\n");
    const line = lines.find((one) => !kEmpty.test(one)) ?? lines.find((one) => one.trim() !== "");
    if (line) return line.trim();
  }
  return null;
}
