import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "preact/hooks";
import { HubError, send } from "../api/client";
import { useCluster, useWorkspace } from "../api/hooks";
import { opens } from "../api/scopes";
import type { Cluster } from "../api/types";
import { When } from "../parts/when";
import { closeStages, ending, isOver } from "./close_stages";

// Asks the hub to stop a cluster, after a question, and shows how far that has come.
export function CloseButton({ cluster, small = false }: { cluster: Cluster; small?: boolean }) {
  const [open, setOpen] = useState(false);
  const workspace = useWorkspace().data;
  const mayClose = workspace !== undefined && opens(workspace, "control");
  if (!open && (cluster.status !== "running" || !mayClose)) return null;
  return (
    <>
      <button
        type="button"
        class={`button ${small ? "small" : ""} ${cluster.desired_state ? "" : "danger"}`}
        aria-haspopup="dialog"
        aria-label={`${cluster.desired_state ? "Closing" : "Close"} cluster ${cluster.name}`}
        onClick={() => setOpen(true)}
      >
        {cluster.desired_state ? "Closing…" : "Close"}
      </button>
      {open && <CloseDialog first={cluster} done={() => setOpen(false)} />}
    </>
  );
}

function CloseDialog({ first, done }: { first: Cluster; done: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const queries = useQueryClient();
  const cluster = useCluster(first.id).data ?? first;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const asked = cluster.desired_state !== null;
  const over = isOver(cluster) ? ending(cluster) : null;
  useEffect(() => dialog.current?.showModal(), []);

  const close = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await send(`/clusters/${cluster.id}/desired-state`, { state: "stopped" });
      await queries.invalidateQueries({ queryKey: [`/clusters/${cluster.id}`] });
    } catch (failure) {
      if (!(failure instanceof HubError)) throw failure;
      setProblem(
        failure.status === 403 ? `This token may not close it: ${failure.message}.` : failure.message,
      );
    } finally {
      setBusy(false);
    }
  };

  return (
    <dialog ref={dialog} class="close-dialog" aria-labelledby="close-title" onClose={done}>
      <div class="stack">
        <h2 id="close-title">{over ? `${cluster.name} ${over.title}` : `Close cluster ${cluster.name}?`}</h2>
        {asked ? (
          <CloseStages cluster={cluster} />
        ) : over ? (
          <p>{over.text} What was recorded stays here.</p>
        ) : (
          <p>
            Its scheduler and its workers stop. What they compute and hold in memory is gone for its clients.
            What was recorded stays here. This cannot be taken back.
          </p>
        )}
        {problem && (
          <p role="alert" class="problem">
            {problem}
          </p>
        )}
        <div class="row end">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            {asked || over ? "Done" : "Cancel"}
          </button>
          {!asked && !over && (
            <button type="button" class="button danger" disabled={busy} onClick={close}>
              Close the cluster
            </button>
          )}
        </div>
      </div>
    </dialog>
  );
}

export function CloseStages({ cluster }: { cluster: Cluster }) {
  const stages = closeStages(cluster);
  const next = stages.find((stage) => stage.us === null);
  return (
    <ol class="stages" aria-label="How far the request to close has come" aria-live="polite">
      {stages.map((stage) => (
        <li key={stage.name} class={stage.us !== null ? "reached" : stage === next ? "next" : ""}>
          <span class="mark" aria-hidden="true">
            {stage.us !== null ? "✓" : ""}
          </span>
          <div>
            <strong>{stage.name}</strong>{" "}
            <span class="muted">{stage.us !== null ? <When us={stage.us} full /> : "not yet"}</span>
            <div class="muted small">{stage.what}</div>
          </div>
        </li>
      ))}
    </ol>
  );
}
