import { Link } from "wouter-preact";
import { useListing } from "../api/hooks";
import type { Cluster } from "../api/types";
import { Badge } from "../parts/badge";
import { Answered, Empty } from "../parts/states";
import { When } from "../parts/when";

export function ClustersPage() {
  const listing = useListing<Cluster>("/clusters", { clusters: "all" });
  return (
    <div class="stack">
      <h1>Clusters</h1>
      <Answered asked={listing} what="clusters">
        {(data) => {
          const clusters = data.pages.flatMap((page) => page.items);
          if (clusters.length === 0) return <Empty>Nothing was recorded yet.</Empty>;
          return (
            <ul>
              {clusters.map((cluster) => (
                <li key={cluster.id}>
                  <Link href={`/clusters/${cluster.id}`}>{cluster.name}</Link>{" "}
                  <Badge status={cluster.status} /> <When us={cluster.start_us} />
                </li>
              ))}
            </ul>
          );
        }}
      </Answered>
    </div>
  );
}
