// What the hub answers, as /api/v1/openapi.json describes it: the members that the pages use. Members that end in
// `_us` are microseconds since the Unix epoch (times) or microseconds (durations).

export type Micros = number;

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

export interface TaskCounts {
  total: number;
  waiting: number;
  queued: number;
  processing: number;
  no_worker: number;
  memory: number;
  erred: number;
  blamed: number;
  released: number;
}

export type ClusterStatus = "running" | "stopped" | "lost";

export interface DesiredState {
  state: "stopped";
  requested_us: Micros;
  acknowledged_us: Micros | null;
  observed_us: Micros | null;
}

export interface Versions {
  python: string;
  dask: string;
  distributed: string;
  pilothouse: string;
}

// Mean number of executing tasks in equal pieces of a cluster's life; null where nothing was sampled.
export interface Activity {
  from_us: Micros;
  bucket_us: Micros;
  executing: (number | null)[];
}

export interface Plugin {
  name: string;
  version: string | null;
  kind: string | null;
  state: "loaded" | "refused";
  code: string | null;
  reason: string | null;
  time_us: Micros;
}

export interface Cluster {
  id: number;
  scheduler_id: string;
  name: string;
  status: ClusterStatus;
  workspace: string;
  address: string;
  dashboard: string | null;
  host: string;
  user: string;
  os: string;
  versions: Versions;
  pid: number;
  start_us: Micros;
  stop_us: Micros | null;
  stop_reason: string | null;
  last_seen_us: Micros;
  workers: { now: number; total: number; lost: number };
  threads: number;
  memory_limit: number;
  clients: number;
  computations: number;
  tasks: TaskCounts;
  exceptions: number;
  events: number;
  spans: number;
  spans_expired: number;
  missing_chunks: number;
  dropped: Record<string, number>;
  refused: Record<string, number>;
  plugins: Plugin[];
  desired_state: DesiredState | null;
  worker_us: Micros;
  thread_us: Micros;
  compute_us: Micros;
  activity?: Activity;
}

export interface Client {
  client: string;
  joined_us: Micros;
  left_us: Micros | null;
}

export interface ClusterDetail extends Cluster {
  client_list: Client[];
}

export interface Worker {
  id: number;
  address: string;
  name: string;
  host: string;
  nthreads: number;
  memory_limit: number;
  joined_us: Micros;
  left_us: Micros | null;
  expected: boolean | null;
  reason: string | null;
  processing: number;
  processing_keys: string[];
  lost_results: number;
  lost_scattered: number;
  last: {
    time_us: Micros;
    cpu: number;
    memory: number;
    managed: number;
    unmanaged: number;
    spilled: number;
    executing: number;
    ready: number;
  } | null;
}

// Columns: totals over all workers, by buckets that were sampled.
export interface History {
  from_us: Micros;
  to_us: Micros;
  bucket_us: Micros;
  times_us: Micros[];
  workers: number[];
  cpu: number[];
  memory: number[];
  managed: number[];
  unmanaged: number[];
  spilled: number[];
  executing: number[];
  ready: number[];
}

export interface Topic {
  topic: string;
  events: number;
}

export interface ClusterEvent {
  id: number;
  cluster_id: number;
  topic: string;
  time_us: Micros;
  payload: unknown;
  truncated: boolean;
}

export type ComputationState = "running" | "done" | "erred" | "cancelled" | "lost";

export interface CodeSnippet {
  text: string;
  filename?: string | null;
  line?: number | null;
}

export interface SlowSpan {
  key: string;
  worker: string | null;
  thread: number;
  start_us: Micros;
  duration_us: Micros;
}

export interface Group {
  name: string;
  prefix: string;
  tasks: TaskCounts;
  runs: number;
  durations_us: Record<string, Micros>;
  nbytes: number;
  types: Record<string, number>;
  first_start_us: Micros | null;
  last_stop_us: Micros | null;
  dependencies: string[];
  p50_us: Micros | null;
  p90_us: Micros | null;
  p95_us: Micros | null;
  p99_us: Micros | null;
  max_us: Micros | null;
  slowest?: SlowSpan[];
}

export interface Computation {
  id: number;
  cluster_id: number;
  scheduler_id: string;
  state: ComputationState;
  start_us: Micros;
  stop_us: Micros | null;
  last_stop_us: Micros | null;
  code: CodeSnippet[];
  tasks: TaskCounts;
  spans: number;
  spans_expired: number;
  exceptions: number;
  groups: Group[];
  groups_left_out: number;
}

export interface Span {
  key: string;
  group: string;
  worker: string | null;
  thread: number;
  status: string;
  nbytes: number | null;
  type: string | null;
  actions: { action: string; start_us: Micros; stop_us: Micros }[];
}

export interface Fingerprint {
  fingerprint: string;
  type: string;
  message: string;
  traceback: string;
  count: number;
  blamed: number;
  first_us: Micros;
  last_us: Micros;
  clusters: number;
  computations: number;
  users: string[];
  pythons: string[];
  dasks: string[];
  distributeds: string[];
}

// The exceptions of one cluster with the same fingerprint.
export interface ExceptionGroup {
  id: number;
  cluster_id: number;
  cluster_name: string;
  user: string;
  versions: Versions;
  scheduler_id: string;
  fingerprint: string;
  type: string;
  message: string;
  traceback: string;
  count: number;
  blamed: number;
  first_us: Micros;
  last_us: Micros;
}

export interface TaskException {
  id: number;
  cluster_id: number;
  scheduler_id: string;
  computation_id: number | null;
  key: string;
  group: string;
  workers: string[];
  type: string;
  message: string;
  traceback: string;
  time_us: Micros;
  attempt: number;
  blamed: number;
  truncated: boolean;
}

export interface Workspace {
  name: string;
  user: string;
  role: string;
  token: { name: string; scopes: string[]; expires_us: Micros | null };
}
