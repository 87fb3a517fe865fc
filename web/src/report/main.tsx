import { render } from "preact";
import type { Cluster, Computation } from "../api/types";
import { ComputationView } from "../computation/view";
import { applyTheme } from "../shell/theme";
import { decodeTimeline } from "../stream/decode";
import { type Index, readAnswer, readIndex, readPiece } from "./contents";
import { FileSource } from "./file_source";
import { Head } from "./head";
import { searchRuns } from "./search";
import "../style/base.css";
import "../shell/shell.css";
import "../parts/parts.css";

interface Contents {
  index: Index;
  computation: Computation;
  cluster: Cluster;
}

async function readContents(): Promise<Contents> {
  const index = readIndex();
  const computation = (await readAnswer(index, `/computations/${index.computation_id}`)) as Computation;
  const cluster = (await readAnswer(index, `/clusters/${computation.cluster_id}`)) as Cluster;
  return { index, computation, cluster };
}

const piece = async (number: number) => decodeTimeline(await readPiece(number));

function Report({ index, computation, cluster }: Contents) {
  return (
    <main id="content" class="stack">
      <Head index={index} />
      <ComputationView
        computation={computation}
        cluster={cluster}
        source={new FileSource(index, piece)}
        live={false}
        search={(text) => searchRuns(index, piece, text)}
      />
    </main>
  );
}

applyTheme();
const root = document.getElementById("app");
if (root) {
  readContents().then(
    (contents) => {
      document.title = `Computation ${contents.computation.id} of ${contents.cluster.name}`;
      render(<Report {...contents} />, root);
    },
    (failure) => {
      root.textContent = `This report cannot be read. ${failure instanceof Error ? failure.message : ""}`;
    },
  );
}
