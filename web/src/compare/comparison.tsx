import { lazy, Suspense } from "preact/compat";
import { useMemo } from "preact/hooks";
import { Link } from "wouter-preact";
import { useAnswer, useCluster } from "../api/hooks";
import type { Computation, Page, Worker } from "../api/types";
import { Badge } from "../parts/badge";
import { Loading } from "../parts/states";
import { type Column, Table } from "../parts/table";
import { When } from "../parts/when";
import { Change } from "./change";
import { codeOf } from "./code_text";
import { type Figure, totals, valueText } from "./figures";
import { GroupTable } from "./group_table";
import { firstLine } from "./likeness";
import { type Row, settings } from "./setting";

const CodeDiff = lazy(() => import("./code_diff"));

const kTotals: Column<Figure>[] = [
  { id: "what", title: "What", head: true, cell: (figure) => figure.name },
  { id: "a", title: "A", number: true, cell: (figure) => valueText(figure.a, figure.kind) },
  { id: "b", title: "B", number: true, cell: (figure) => valueText(figure.b, figure.kind) },
  {
    id: "change",
    title: "Change",
    number: true,
    cell: ({ a, b, kind, matters }) => <Change a={a} b={b} kind={kind} matters={matters} />,
  },
];

const kSettings: Column<Row>[] = [
  { id: "what", title: "What differs", head: true, cell: (row) => row.name },
  { id: "a", title: "A", cell: (row) => row.a },
  { id: "b", title: "B", cell: (row) => row.b },
];

function useSetting(computation: Computation) {
  const id = computation.cluster_id;
  const cluster = useCluster(id).data;
  const page = useAnswer<Page<Worker>>(`/clusters/${id}/workers`, {
    parameters: { limit: 1000 },
    clusters: [id],
  }).data;
  return {
    computation,
    cluster,
    asked: page !== undefined,
    workers: page?.next === null ? page.items : undefined,
  };
}

export function Comparison({ a, b }: { a: Computation; b: Computation }) {
  const one = useSetting(a);
  const other = useSetting(b);
  const figures = useMemo(
    () => totals({ computation: a, workers: one.workers }, { computation: b, workers: other.workers }),
    [a, b, one.workers, other.workers],
  );
  return (
    <>
      {a.id === b.id && <p class="muted">A and B are the same computation.</p>}
      <div class="sides">
        <Side letter="A" computation={a} cluster={one.cluster?.name} />
        <Side letter="B" computation={b} cluster={other.cluster?.name} />
      </div>
      <section class="card">
        <header>
          <h2>Totals</h2>
          <span class="muted">Coloured where the change is above a tenth and above the noise</span>
        </header>
        <Table<Figure>
          caption="Totals"
          columns={kTotals}
          rows={figures}
          rowKey={(figure) => figure.name}
          cards={false}
        />
        {a.groups_left_out + b.groups_left_out > 0 && (
          <p class="note muted">
            Sums are of the groups that the hub lists: it left out some of the smallest.
          </p>
        )}
      </section>
      <GroupTable a={a.groups} b={b.groups} />
      <Code a={codeOf(a.code)} b={codeOf(b.code)} />
      <section class="card">
        <header>
          <h2>Versions and workers</h2>
        </header>
        {one.cluster && other.cluster && one.asked && other.asked ? (
          <Settings
            {...settings(
              { cluster: one.cluster, computation: a, workers: one.workers },
              { cluster: other.cluster, computation: b, workers: other.workers },
            )}
          />
        ) : (
          <Loading what="the clusters" />
        )}
      </section>
    </>
  );
}

function Side(props: { letter: string; computation: Computation; cluster: string | undefined }) {
  const { letter, computation, cluster } = props;
  return (
    <section class="card side" aria-label={`Computation ${letter}`}>
      <span class="letter" aria-hidden="true">
        {letter}
      </span>
      <div>
        <p class="row">
          <Link href={`/computations/${computation.id}`}>Computation {computation.id}</Link>
          <Badge status={computation.state} />
        </p>
        <p class="muted">
          on{" "}
          <Link href={`/clusters/${computation.cluster_id}`}>
            {cluster ?? `cluster ${computation.cluster_id}`}
          </Link>
          , <When us={computation.start_us} />
        </p>
        <p class="mono line">{firstLine(computation)}</p>
      </div>
    </section>
  );
}

function Code({ a, b }: { a: string; b: string }) {
  const none = a === "" && b === "";
  return (
    <section class="card">
      <header>
        <h2>Code</h2>
        <span class="muted">
          {none ? "none was recorded" : a === b ? "the same in both" : "− only in A, + only in B"}
        </span>
      </header>
      {!none && (
        <Suspense fallback={<Loading what="the difference" />}>
          <CodeDiff a={a} b={b} />
        </Suspense>
      )}
    </section>
  );
}

function Settings({ differ, same }: ReturnType<typeof settings>) {
  return (
    <>
      {differ.length > 0 && (
        <Table<Row>
          caption="What differs"
          columns={kSettings}
          rows={differ}
          rowKey={(row) => row.name}
          cards={false}
        />
      )}
      {same.length > 0 && (
        <p class="note muted">The same in both: {same.map((row) => `${row.name} ${row.a}`).join(" · ")}</p>
      )}
    </>
  );
}
