import type { Group } from "../api/types";
import { allTime } from "./facts";

export const kMostNodes = 300;

export interface GraphNode {
  id: string;
  prefix: string;
  groups: string[];
  tasks: number;
  us: number;
  erred: number;
}

export interface GroupGraph {
  nodes: GraphNode[];
  edges: [string, string][]; // the second one depends on the first
  byPrefix: boolean; // there were too many groups
}

export function groupGraph(groups: Group[], most = kMostNodes): GroupGraph {
  const byPrefix = groups.length > most;
  const idOf = new Map(groups.map((group) => [group.name, byPrefix ? group.prefix : group.name]));
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, [string, string]>();
  for (const group of groups) {
    const id = idOf.get(group.name) ?? group.name;
    const node = nodes.get(id) ?? { id, prefix: group.prefix, groups: [], tasks: 0, us: 0, erred: 0 };
    node.groups.push(group.name);
    node.tasks += group.tasks.total;
    node.erred += group.tasks.erred;
    node.us += allTime(group);
    nodes.set(id, node);
    for (const dependency of group.dependencies) {
      const from = idOf.get(dependency);
      if (from !== undefined && from !== id) edges.set(JSON.stringify([from, id]), [from, id]);
    }
  }
  const sorted = [...nodes.values()].sort((a, b) => b.us - a.us).slice(0, most);
  const kept = new Set(sorted.map((node) => node.id));
  return {
    nodes: sorted,
    edges: [...edges.values()].filter(([a, b]) => kept.has(a) && kept.has(b)),
    byPrefix,
  };
}
