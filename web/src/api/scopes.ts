import type { Workspace } from "./types";

export type Scope = "read" | "control";

// Whether the token that one signed in with opens what `scope` does.
export function opens(workspace: Workspace, scope: Scope): boolean {
  const { scopes } = workspace.token;
  return scopes.includes(scope) || scopes.includes("admin");
}
