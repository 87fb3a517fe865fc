import { useEffect } from "preact/hooks";
import { Link } from "wouter-preact";
import { useListing } from "../api/hooks";
import type { ExceptionGroup, TaskException } from "../api/types";
import { count } from "../format/number";
import { Fact } from "../parts/fact";
import { More } from "../parts/more";
import { Answered, Empty } from "../parts/states";
import { Traceback } from "../parts/traceback";
import { Clusters } from "./clusters";
import { Occurrences } from "./occurrences";
import { Seen } from "./seen";
import { sumUp } from "./summary";
import "./exceptions.css";

export function FingerprintPage({ fingerprint }: { fingerprint: string }) {
  const parameters = { fingerprint, limit: 50 };
  const groups = useListing<ExceptionGroup>("/exceptions/groups", { parameters, clusters: "all" });
  const occurrences = useListing<TaskException>("/exceptions", { parameters, clusters: "all" });
  const type = groups.data?.pages[0]?.items[0]?.type;
  useEffect(() => {
    document.title = type === undefined ? "Exception – Pilothouse" : `${type} – Pilothouse`;
  }, [type]);

  return (
    <Answered asked={groups} what="the exception">
      {(data) => {
        const found = data.pages.flatMap((page) => page.items);
        const first = found[0];
        if (first === undefined) {
          return (
            <Empty>
              <p>No such exception is recorded, or it is no longer kept.</p>
              <Link href="/exceptions">All exceptions</Link>
            </Empty>
          );
        }
        return (
          <div class="stack">
            <Head group={first} groups={found} complete={!groups.hasNextPage} />
            <section class="card" aria-label="Traceback">
              <Traceback text={first.traceback} type={first.type} message={first.message} />
            </section>
            <section class="card">
              <header>
                <h2>Clusters</h2>
              </header>
              <Clusters groups={found} complete={!groups.hasNextPage} />
              <More listing={groups} />
            </section>
            <section class="card occurrences">
              <header>
                <h2>Occurrences</h2>
                <span class="muted">newest first</span>
              </header>
              <Answered asked={occurrences} what="occurrences">
                {(pages) => (
                  <>
                    <Occurrences
                      items={pages.pages.flatMap((page) => page.items)}
                      groups={found}
                      complete={!occurrences.hasNextPage}
                    />
                    <More listing={occurrences} />
                  </>
                )}
              </Answered>
            </section>
          </div>
        );
      }}
    </Answered>
  );
}

function Head(props: { group: ExceptionGroup; groups: ExceptionGroup[]; complete: boolean }) {
  const { group, groups, complete } = props;
  const sum = sumUp(groups);
  const orMore = complete ? "" : "+";
  return (
    <>
      <div class="exception-head">
        <p>
          <Link href="/exceptions">Exceptions</Link>
        </p>
        <h1>{group.type}</h1>
        {group.message !== "" && <p class="message">{group.message}</p>}
      </div>
      <div class="card">
        <dl class="facts body">
          <Fact name="Tasks">
            {count(sum.count)}
            {orMore}
          </Fact>
          <Fact name="Blamed dependents">
            {count(sum.blamed)}
            {orMore}
          </Fact>
          <Fact name="Clusters">
            {count(groups.length)}
            {orMore}
          </Fact>
          <Fact name="Users">{sum.users.join(", ")}</Fact>
          <Fact name="First seen">
            <Seen us={sum.firstUs} />
          </Fact>
          <Fact name="Last seen">
            <Seen us={sum.lastUs} />
          </Fact>
          <Fact name="Python">{sum.pythons.join(", ")}</Fact>
          <Fact name="dask">{sum.dasks.join(", ")}</Fact>
          <Fact name="distributed">{sum.distributeds.join(", ")}</Fact>
        </dl>
      </div>
    </>
  );
}
