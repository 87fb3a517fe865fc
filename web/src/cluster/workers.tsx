import { useMemo } from "preact/hooks";
import { useListing } from "../api/hooks";
import type { ClusterDetail, Worker } from "../api/types";
import { bytes, count, short } from "../format/number";
import { Elapsed } from "../parts/elapsed";
import { More } from "../parts/more";
import { Answered, Empty } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { When } from "../parts/when";
import { lifetime } from "./lifetime";

const isLost = (worker: Worker) => worker.left_us !== null && worker.expected === false;

export function Workers({ cluster }: { cluster: ClusterDetail }) {
  const listing = useListing<Worker>(`/clusters/${cluster.id}/workers`, { clusters: [cluster.id] });
  const live = cluster.status === "running";
  const endUs = live ? null : (cluster.stop_us ?? cluster.last_seen_us);
  const columns = useMemo(() => columnsOf(cluster.start_us, endUs), [cluster.start_us, endUs]);
  return (
    <Answered asked={listing} what="workers">
      {(data) => {
        const workers = data.pages.flatMap((page) => page.items);
        if (workers.length === 0) return <Empty>No worker joined this cluster.</Empty>;
        return (
          <>
            <Table<Worker>
              caption="Workers of this cluster"
              columns={columns}
              rows={workers}
              rowKey={(worker) => worker.id}
              sortable={!listing.hasNextPage}
            />
            <More listing={listing} />
          </>
        );
      }}
    </Answered>
  );
}

function columnsOf(startUs: number, endUs: number | null): Column<Worker>[] {
  return [
    {
      id: "name",
      title: "Worker",
      order: (worker) => worker.name,
      cell: (worker) => (
        <div class="worker-name">
          <div class="row">
            <strong>{worker.name}</strong>
            {isLost(worker) && <span class="badge warn">lost</span>}
          </div>
          <div class="muted small">
            {worker.address} · {worker.host}
          </div>
          {isLost(worker) && <LossOf worker={worker} />}
        </div>
      ),
    },
    {
      id: "life",
      title: "There",
      order: (worker) => worker.joined_us,
      cell: (worker) => {
        const until = worker.left_us ?? endUs;
        const bar = lifetime(
          worker.joined_us,
          until ?? Date.now() * 1000,
          startUs,
          endUs ?? Date.now() * 1000,
        );
        return (
          <div class="life">
            <div class="track" aria-hidden="true">
              <div
                class={isLost(worker) ? "bar gone" : "bar"}
                style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
              />
            </div>
            <div class="muted small">
              <When us={worker.joined_us} /> – {worker.left_us ? <When us={worker.left_us} /> : "the end"}
              {" · "}
              <Elapsed fromUs={worker.joined_us} toUs={until} />
            </div>
          </div>
        );
      },
    },
    {
      id: "threads",
      title: "Threads",
      number: true,
      order: (worker) => worker.nthreads,
      cell: (worker) => count(worker.nthreads),
    },
    {
      id: "memory",
      title: "Memory",
      about: "When it was last sampled, of its limit",
      number: true,
      order: (worker) => worker.last?.memory,
      cell: (worker) => (
        <div>
          {bytes(worker.last?.memory)}
          <div class="muted small">of {bytes(worker.memory_limit)}</div>
        </div>
      ),
    },
    {
      id: "cpu",
      title: "CPU",
      about: "When it was last sampled; 100 % is one core",
      number: true,
      order: (worker) => worker.last?.cpu,
      cell: (worker) => (worker.last ? `${short(worker.last.cpu)} %` : "–"),
    },
    {
      id: "tasks",
      title: "Tasks",
      about: "Executing and ready when it was last sampled",
      number: true,
      order: (worker) => worker.last?.executing,
      cell: (worker) =>
        worker.last ? (
          <div>
            {count(worker.last.executing)}
            <div class="muted small">{count(worker.last.ready)} ready</div>
          </div>
        ) : (
          "–"
        ),
    },
  ];
}

// What a worker took with it.
function LossOf({ worker }: { worker: Worker }) {
  const lost = [
    worker.lost_results > 0 && `${count(worker.lost_results)} results`,
    worker.lost_scattered > 0 && `${count(worker.lost_scattered)} scattered values`,
  ].filter(Boolean);
  const unnamed = worker.processing - worker.processing_keys.length;
  return (
    <div class="loss small">
      {worker.reason && <div>Why: {worker.reason}</div>}
      {lost.length > 0 && <div>Lost with it: {lost.join(", ")}</div>}
      {worker.processing > 0 && (
        <details>
          <summary>It had {count(worker.processing)} tasks to run</summary>
          <ul class="keys mono">
            {worker.processing_keys.map((key) => (
              <li key={key}>{key}</li>
            ))}
            {unnamed > 0 && <li class="muted">and {count(unnamed)} more</li>}
          </ul>
        </details>
      )}
    </div>
  );
}
