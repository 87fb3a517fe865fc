import type { ClusterDetail } from "../api/types";
import { CloseStages } from "../clusters/close";
import { workerTime } from "../clusters/columns";
import { losses } from "../clusters/losses";
import { bytes, count, idleShare, percent } from "../format/number";
import { Elapsed } from "../parts/elapsed";
import { Fact } from "../parts/fact";
import { When } from "../parts/when";

export function Facts({ cluster }: { cluster: ClusterDetail }) {
  const { tasks, workers } = cluster;
  const ended = cluster.status !== "running";
  const missing = losses(cluster);
  const failed = tasks.erred + tasks.blamed;
  return (
    <>
      {missing.length > 0 && (
        <div class="note warn" role="note">
          <strong>This record is incomplete.</strong> {missing.join("; ")}.
        </div>
      )}
      {cluster.desired_state && (
        <section class="card" aria-label="Close">
          <div class="body closing">
            <CloseStages cluster={cluster} />
          </div>
        </section>
      )}
      <section class="card" aria-label="Facts">
        <dl class="facts body">
          <Fact name="Started">
            <When us={cluster.start_us} full />
          </Fact>
          {ended ? (
            <Fact name={cluster.stop_us ? "Stopped" : "Last seen"}>
              <When us={cluster.stop_us ?? cluster.last_seen_us} full />
              {cluster.stop_reason && <div class="muted small">{cluster.stop_reason}</div>}
            </Fact>
          ) : (
            <Fact name="Last seen">
              <When us={cluster.last_seen_us} />
            </Fact>
          )}
          <Fact name="Duration">
            <Elapsed
              fromUs={cluster.start_us}
              toUs={ended ? (cluster.stop_us ?? cluster.last_seen_us) : null}
            />
          </Fact>
          <Fact name="Workers">
            {count(workers.now)} now, {count(workers.total)} in all
            {workers.lost > 0 && <span class="lost">, {count(workers.lost)} lost</span>}
          </Fact>
          <Fact name="Threads and memory">
            {count(cluster.threads)} · {bytes(cluster.memory_limit)}
          </Fact>
          <Fact name="Tasks">
            {count(tasks.memory)} <span class="muted">of {count(tasks.total)} done</span>
            {failed > 0 && <span class="failed">, {count(failed)} failed</span>}
          </Fact>
          <Fact name="Worker time">
            {workerTime(cluster.worker_us)}, {percent(idleShare(cluster.thread_us, cluster.compute_us))} idle
          </Fact>
          <Fact name="Clients">{count(cluster.clients)}</Fact>
          <Fact name="Address">
            <span class="mono">{cluster.address}</span>
          </Fact>
          <Fact name="Host">
            {cluster.host} <span class="muted small">pid {cluster.pid}</span>
          </Fact>
        </dl>
        <details class="more-facts">
          <summary>Versions, plugins, clients</summary>
          <dl class="facts body">
            <Fact name="Scheduler id">
              <span class="mono">{cluster.scheduler_id}</span>
            </Fact>
            <Fact name="Recorded by">pilothouse {cluster.versions.pilothouse} in the scheduler</Fact>
            <Fact name="Dask">
              {cluster.versions.dask}, distributed {cluster.versions.distributed}
            </Fact>
            <Fact name="Python">{cluster.versions.python}</Fact>
            <Fact name="System">{cluster.os}</Fact>
            <Fact name="Spans">
              {count(cluster.spans)}
              {cluster.spans_expired > 0 && <>, of which {count(cluster.spans_expired)} expired</>}
            </Fact>
          </dl>
          <Plugins cluster={cluster} />
          <Clients cluster={cluster} />
        </details>
      </section>
    </>
  );
}

function Plugins({ cluster }: { cluster: ClusterDetail }) {
  if (cluster.plugins.length === 0) return null;
  return (
    <div class="body">
      <h3>Plugins</h3>
      <ul class="plain">
        {cluster.plugins.map((plugin) => (
          <li key={`${plugin.name} ${plugin.time_us}`} class="row">
            <span class={`badge ${plugin.state === "loaded" ? "good" : "bad"}`}>{plugin.state}</span>
            <strong>
              {plugin.name} {plugin.version}
            </strong>
            {plugin.state === "refused" && (
              <span>
                {plugin.reason} {plugin.code && <code class="muted">{plugin.code}</code>}
              </span>
            )}
            <span class="muted">
              <When us={plugin.time_us} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Clients({ cluster }: { cluster: ClusterDetail }) {
  if (cluster.client_list.length === 0) return null;
  return (
    <div class="body">
      <h3>Clients</h3>
      <ul class="plain">
        {cluster.client_list.map((client) => (
          <li key={`${client.client} ${client.joined_us}`} class="row">
            <span class="mono">{client.client}</span>
            <span class="muted">
              <When us={client.joined_us} /> –{" "}
              {client.left_us === null ? "still there" : <When us={client.left_us} />}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
