import { Link } from "wouter-preact";
import { useListing } from "../api/hooks";
import type { ExceptionGroup, TaskException } from "../api/types";
import { count } from "../format/number";
import { More } from "../parts/more";
import { Answered, Empty } from "../parts/states";
import { When } from "../parts/when";

export function Exceptions({ cluster }: { cluster: number }) {
  const listing = useListing<ExceptionGroup>("/exceptions/groups", {
    parameters: { cluster_id: cluster },
    clusters: [cluster],
  });
  return (
    <Answered asked={listing} what="exceptions">
      {(data) => {
        const groups = data.pages.flatMap((page) => page.items);
        if (groups.length === 0) return <Empty>No task of this cluster failed.</Empty>;
        return (
          <>
            <ul class="plain rows">
              {groups.map((group) => (
                <li key={group.id}>
                  <div class="row spread">
                    <Link href={`/exceptions/${group.fingerprint}`} class="strong">
                      {group.type}
                    </Link>
                    <span class="number">
                      {count(group.count)} {group.count === 1 ? "time" : "times"}
                      {group.blamed > 0 && `, ${count(group.blamed)} tasks blamed on it`}
                    </span>
                  </div>
                  <p class="message mono">{group.message}</p>
                  <div class="muted small">
                    <When us={group.first_us} />
                    {group.last_us > group.first_us && (
                      <>
                        {" – "}
                        <When us={group.last_us} />
                      </>
                    )}
                  </div>
                  <details>
                    <summary class="small">Where it happened</summary>
                    <Latest group={group} cluster={cluster} />
                  </details>
                </li>
              ))}
            </ul>
            <More listing={listing} />
          </>
        );
      }}
    </Answered>
  );
}

const kLatest = 20;

function Latest({ group, cluster }: { group: ExceptionGroup; cluster: number }) {
  const listing = useListing<TaskException>("/exceptions", {
    parameters: { cluster_id: cluster, group_id: group.id, limit: kLatest },
    clusters: [cluster],
  });
  return (
    <Answered asked={listing} what="the tasks">
      {(data) => (
        <ul class="plain small">
          {data.pages[0]?.items.map((one) => (
            <li key={one.id} class="row">
              <When us={one.time_us} />
              <span class="mono break">{one.key}</span>
              {one.computation_id !== null && (
                <Link href={`/computations/${one.computation_id}`}>computation {one.computation_id}</Link>
              )}
            </li>
          ))}
          {listing.hasNextPage && (
            <li>
              <Link href={`/exceptions/${group.fingerprint}`}>All of them</Link>
            </li>
          )}
        </ul>
      )}
    </Answered>
  );
}
