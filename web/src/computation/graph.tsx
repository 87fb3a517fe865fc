import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Group } from "../api/types";
import { count, duration, percent } from "../format/number";
import { Empty, Loading } from "../parts/states";
import { cssColour, type PrefixColours } from "../stream/colours";
import { type GroupGraph, groupGraph } from "./graph_nodes";

const kWidth = 168;
const kHeight = 46;

interface Placed {
  width: number;
  height: number;
  nodes: Map<string, { x: number; y: number }>;
  edges: string[]; // paths
}

async function layOut(graph: GroupGraph): Promise<Placed> {
  const { graphlib, layout } = (await import("@dagrejs/dagre")).default;
  const drawn = new graphlib.Graph();
  drawn.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 44, marginx: 12, marginy: 12 });
  drawn.setDefaultEdgeLabel(() => ({}));
  // A group may be called __proto__, which the layout could not bear.
  const labels = new Map(graph.nodes.map((node, place) => [node.id, `${place}`]));
  const label = (id: string) => labels.get(id) ?? "";
  for (const node of graph.nodes) drawn.setNode(label(node.id), { width: kWidth, height: kHeight });
  for (const [from, to] of graph.edges) drawn.setEdge(label(from), label(to));
  layout(drawn);
  const size = drawn.graph();
  return {
    width: size.width ?? 0,
    height: size.height ?? 0,
    nodes: new Map(graph.nodes.map((node) => [node.id, drawn.node(label(node.id))])),
    edges: drawn.edges().map((edge) => path(drawn.edge(edge).points)),
  };
}

function path(points: { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let text = `M${first.x},${first.y}`;
  for (let i = 0; i < rest.length; ++i) {
    const point = rest[i];
    const next = rest[i + 1];
    if (!point) continue;
    text += next
      ? ` Q${point.x},${point.y} ${(point.x + next.x) / 2},${(point.y + next.y) / 2}`
      : ` L${point.x},${point.y}`;
  }
  return text;
}

// Which groups depend on which; the more time one took, the longer its bar.
export function Graph(props: {
  groups: Group[];
  colours: PrefixColours;
  highlight: string | null;
  onHighlight: (group: string | null) => void;
}) {
  const { groups, colours, highlight, onHighlight } = props;
  const shape = JSON.stringify(groups.map((group) => [group.name, group.dependencies]));
  const graph = useMemo(() => groupGraph(groups), [groups]);
  const [placed, setPlaced] = useState<Placed | null>(null);
  const [problem, setProblem] = useState<Error | null>(null);
  const [scale, setScale] = useState(1);
  const frame = useRef<HTMLElement>(null);
  useEffect(() => {
    let wanted = true;
    layOut(graph).then(
      (done) => {
        if (!wanted) return;
        setPlaced(done);
        const room = frame.current?.clientWidth ?? done.width;
        setScale(Math.max(0.8, Math.min(1, room / Math.max(1, done.width))));
      },
      (failure) => wanted && setProblem(failure as Error),
    );
    return () => {
      wanted = false;
    };
  }, [shape]);
  const total = Math.max(
    1,
    graph.nodes.reduce((sum, node) => sum + node.us, 0),
  );
  const most = Math.max(1, ...graph.nodes.map((node) => node.us));

  return (
    <section class="card" aria-label="Graph of groups" ref={frame}>
      <header>
        <h2>Graph of groups</h2>
        <div class="row">
          {graph.byPrefix && (
            <span class="muted">{count(groups.length)} groups are too many to draw: by prefix</span>
          )}
          <button
            type="button"
            class="button small"
            aria-label="Larger"
            onClick={() => setScale(Math.min(2, scale * 1.25))}
          >
            +
          </button>
          <button
            type="button"
            class="button small"
            aria-label="Smaller"
            onClick={() => setScale(Math.max(0.2, scale / 1.25))}
          >
            −
          </button>
        </div>
      </header>
      {problem ? (
        <Empty>The graph cannot be drawn: {problem.message}</Empty>
      ) : placed === null ? (
        <Loading what="the graph" />
      ) : graph.nodes.length === 0 ? (
        <Empty>There are no groups yet.</Empty>
      ) : (
        <section
          class="graph"
          aria-label="The graph; it can be scrolled"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
          tabIndex={0}
        >
          <svg
            width={placed.width * scale}
            height={placed.height * scale}
            viewBox={`0 0 ${placed.width} ${placed.height}`}
          >
            <title>Groups and what they depend on</title>
            <defs>
              <marker
                id="graph-arrow"
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerWidth="7"
                markerHeight="7"
                orient="auto"
              >
                <path d="M0,1 L7,4 L0,7" fill="none" stroke="var(--strong-line)" />
              </marker>
            </defs>
            {placed.edges.map((edge, i) => (
              <path key={i} d={edge} class="edge" marker-end="url(#graph-arrow)" />
            ))}
            {graph.nodes.map((node) => {
              const place = placed.nodes.get(node.id);
              if (!place) return null;
              const chosen = highlight !== null && node.groups.includes(highlight);
              const choose = () => onHighlight(chosen ? null : (node.groups[0] ?? null));
              return (
                // biome-ignore lint/a11y/useSemanticElements: SVG has no buttons
                <g
                  key={node.id}
                  class={`node ${chosen ? "chosen" : ""}`}
                  transform={`translate(${place.x - kWidth / 2} ${place.y - kHeight / 2})`}
                  role="button"
                  tabIndex={0}
                  aria-pressed={chosen}
                  onClick={choose}
                  onKeyDown={(event) => {
                    if (event.key !== "Enter" && event.key !== " ") return;
                    event.preventDefault();
                    choose();
                  }}
                >
                  <title>{`${node.id}, ${percent(node.us / total)} of all time`}</title>
                  <rect class="box" width={kWidth} height={kHeight} rx={7} />
                  <rect
                    x={1.5}
                    y={kHeight - 6.5}
                    width={Math.max(3, (kWidth - 3) * (node.us / most))}
                    height={5}
                    rx={2}
                    fill={cssColour(colours.of(node.prefix))}
                  />
                  <circle cx={13} cy={14} r={5} fill={cssColour(colours.of(node.prefix))} />
                  <text x={24} y={18} class="name">
                    {node.prefix.length > 19 ? `${node.prefix.slice(0, 18)}…` : node.prefix}
                  </text>
                  <text x={24} y={33} class={node.erred > 0 ? "told bad" : "told"}>
                    {count(node.tasks)} · {duration(node.us)}
                    {node.erred > 0 ? ` · ${count(node.erred)} erred` : ""}
                  </text>
                </g>
              );
            })}
          </svg>
        </section>
      )}
      <details class="unfold body">
        <summary>The graph as a list</summary>
        <ul>
          {graph.nodes.map((node) => (
            <li key={node.id}>
              {node.id}: {count(node.tasks)} tasks, {duration(node.us)}; needs{" "}
              {graph.edges
                .filter(([, to]) => to === node.id)
                .map(([from]) => from)
                .join(", ") || "nothing"}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}
