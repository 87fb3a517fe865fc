import { useState } from "preact/hooks";
import { HubError, storeToken, workspaceOf } from "../api/client";
import { opens } from "../api/scopes";

export const kMayNotRead =
  "This token may not see what is recorded: it lacks the scope read. Sign in with another one.";

// Asks for a token until the hub knows it, and it may read.
export function SignIn({ why, done }: { why: string | null; done: () => void }) {
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState(why);
  const [busy, setBusy] = useState(false);

  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const workspace = await workspaceOf(token.trim());
      if (!opens(workspace, "read")) return setProblem(kMayNotRead);
      storeToken(token.trim());
      done();
    } catch (failure) {
      if (!(failure instanceof HubError)) throw failure;
      setProblem(failure.status === 401 ? "The hub does not know this token." : failure.message);
    } finally {
      setBusy(false);
    }
  };

  return (
    <main>
      <form class="card sign-in stack" onSubmit={submit}>
        <h1>Pilothouse</h1>
        <p class="muted">
          Sign in with a token of this hub. On the machine where the hub runs, <code>pilothouse open</code>{" "}
          does it for you.
        </p>
        <label class="stack" style={{ gap: "4px" }}>
          Token
          <input
            type="password"
            name="token"
            autocomplete="current-password"
            placeholder="ph_…"
            required
            value={token}
            aria-invalid={problem !== null}
            aria-describedby="problem"
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <p id="problem" role="alert" style={{ color: "var(--bad)" }}>
          {problem}
        </p>
        <button type="submit" class="button primary" disabled={busy || token.trim() === ""}>
          Sign in
        </button>
      </form>
    </main>
  );
}
