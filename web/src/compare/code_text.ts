import type { CodeSnippet } from "../api/types";

export const codeOf = (code: CodeSnippet[]): string =>
  code.map((snippet) => `${snippet.text.trimEnd()}\n`).join("\n");
