import { Link } from "wouter-preact";
import type { Cluster, Computation } from "../api/types";
import { count, duration, idleShare, percent } from "../format/number";
import { Badge } from "../parts/badge";
import { Fact } from "../parts/fact";
import { useNow } from "../parts/now";
import { When } from "../parts/when";
import { endOf, took } from "./facts";

export interface Links {
  cluster: string;
  compare: string;
  exceptions: string;
}

interface Shown {
  computation: Computation;
  cluster: Pick<Cluster, "name" | "id">;
  threads: number | null; // that worked for it
  live: boolean;
  links?: Links | undefined;
}

export function Header({ computation, cluster, threads, live, links }: Shown) {
  const end = endOf(computation, useNow(live));
  const took_us = Math.max(0, end - computation.start_us);
  const computed = computation.groups.reduce((sum, group) => sum + took(group, "compute"), 0);
  const idle = threads === null ? null : idleShare(threads * took_us, computed);
  const { tasks } = computation;
  const prefixes = [...new Set(computation.groups.map((group) => group.prefix))];
  return (
    <header class="stack computation-head">
      <p class="muted">
        {links ? <Link href={links.cluster}>{cluster.name}</Link> : cluster.name} · computation{" "}
        {computation.id}
      </p>
      <div class="row spread">
        <div class="row">
          <h1>{title(prefixes) || `Computation ${computation.id}`}</h1>
          <Badge status={computation.state} />
        </div>
        {links && (
          <div class="row">
            {computation.exceptions > 0 && (
              <Link class="button danger" href={links.exceptions}>
                {count(computation.exceptions)} {computation.exceptions === 1 ? "exception" : "exceptions"}
              </Link>
            )}
            <Link class="button" href={links.compare}>
              Compare with…
            </Link>
          </div>
        )}
      </div>
      <dl class="facts">
        <Fact name="Start">
          <When us={computation.start_us} full />
        </Fact>
        <Fact name={stopName(computation)}>
          {computation.state === "running" ? "still running" : <When us={end} full />}
        </Fact>
        <Fact name="Duration">{duration(took_us)}</Fact>
        <Fact name="Tasks done">
          {count(tasks.memory)} <span class="muted">of {count(tasks.total)}</span>
        </Fact>
        <Fact name="Erred, and blamed">
          <span class={tasks.erred > 0 ? "bad-text" : ""}>{count(tasks.erred)}</span>
          <span class="muted">, {count(tasks.blamed)}</span>
        </Fact>
        <Fact name="Compute time">{duration(computed)}</Fact>
        <Fact name="Threads computing, idle">
          {percent(idle === null ? null : 1 - idle)}, {percent(idle)}{" "}
          {threads !== null && <span class="muted">of {count(threads)}</span>}
        </Fact>
      </dl>
    </header>
  );
}

const stopName = (computation: Computation) =>
  computation.stop_us === null && computation.state !== "running" ? "Last recorded" : "Stop";

function title(prefixes: string[]): string {
  const shown = prefixes.slice(0, 3).join(", ");
  return prefixes.length > 3 ? `${shown} and ${prefixes.length - 3} more` : shown;
}
