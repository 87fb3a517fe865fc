import { Link } from "wouter-preact";
import type { ExceptionGroup } from "../api/types";
import { count } from "../format/number";
import { Frame } from "../parts/frame";
import { Seen } from "./seen";

export function Clusters({ groups }: { groups: ExceptionGroup[] }) {
  return (
    <Frame label="Clusters">
      <table>
        <thead>
          <tr>
            <th scope="col">Cluster</th>
            <th scope="col">User</th>
            <th scope="col" class="number">
              Tasks
            </th>
            <th scope="col" class="number">
              Blamed
            </th>
            <th scope="col">Versions</th>
            <th scope="col">Last seen</th>
            <th scope="col">First seen</th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={group.id}>
              <td>
                <Link href={`/clusters/${group.cluster_id}`} title={group.scheduler_id}>
                  {group.cluster_name}
                </Link>
              </td>
              <td>{group.user}</td>
              <td class="number">{count(group.count)}</td>
              <td class="number">{count(group.blamed)}</td>
              <td class="muted">
                Python {group.versions.python} · dask {group.versions.dask} · distributed{" "}
                {group.versions.distributed}
              </td>
              <td>
                <Seen us={group.last_us} />
              </td>
              <td>
                <Seen us={group.first_us} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Frame>
  );
}
