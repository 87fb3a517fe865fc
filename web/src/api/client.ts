import { parse } from "./parse";
import type { Workspace } from "./types";

const kStored = "pilothouse.token";
const kToken = /^[\x21-\x7e]*$/;

// What the hub, or the way to it, refused.
export class HubError extends Error {
  constructor(
    readonly status: number, // 0: the hub was not reached
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  get unreachable(): boolean {
    return this.status === 0;
  }
}

export const kAgainMs = 3000; // until the hub is asked again

// Whether the same question may be answered a little later.
export function mayComeBack(failure: unknown): boolean {
  return failure instanceof HubError && (failure.unreachable || failure.status === 503);
}

export function storedToken(): string | null {
  return localStorage.getItem(kStored);
}

export function storeToken(token: string | null): void {
  if (token === null) localStorage.removeItem(kStored);
  else localStorage.setItem(kStored, token);
}

// A link may bring a token in its fragment, which no server sees. It is taken out of the address at once.
export function takeTokenFromAddress(): boolean {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const token = fragment.get("token");
  if (token === null) return false;
  storeToken(token);
  history.replaceState(null, "", location.pathname + location.search);
  return true;
}

export type Parameters = Record<string, string | number | undefined>;

export function pathWith(path: string, parameters: Parameters = {}): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== "");
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length > 0 ? `${path}?${query}` : path;
}

interface Request {
  parameters?: Parameters;
  signal?: AbortSignal;
  token?: string;
  body?: unknown;
}

// `path` starts behind /api/v1. Throws HubError, or AbortError when `signal` says so.
export async function request(path: string, what: Request = {}): Promise<Response> {
  const token = what.token ?? storedToken() ?? "";
  if (!kToken.test(token)) throw new HubError(401, "token", "This is no token.");
  const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
  if (what.body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(`/api/v1${pathWith(path, what.parameters)}`, {
      method: what.body === undefined ? "GET" : "POST",
      headers,
      body: what.body === undefined ? null : JSON.stringify(what.body),
      signal: what.signal ?? null,
      cache: "no-store",
    });
  } catch (failure) {
    throw unreachable(failure, what.signal);
  }
  if (response.ok) return response;
  throw await refusal(response);
}

function unreachable(failure: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return failure;
  return new HubError(0, "unreachable", "The hub cannot be reached.");
}

async function refusal(response: Response): Promise<HubError> {
  const text = await response.text().catch(() => "");
  try {
    const { code, message } = parse<{ error: Record<"code" | "message", unknown> }>(text).error;
    return new HubError(response.status, String(code), String(message));
  } catch {
    return new HubError(response.status, "unreadable", `The hub answered with status ${response.status}.`);
  }
}

export async function ask<Answer>(
  path: string,
  parameters?: Parameters,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await request(path, { ...(parameters && { parameters }), ...(signal && { signal }) });
  return whole(response.text().then(parse<Answer>), signal);
}

// What a token opens, before anybody signs in with it.
export async function workspaceOf(token: string): Promise<Workspace> {
  const response = await request("/workspace", { token });
  return whole(response.text().then(parse<Workspace>), undefined);
}

// What an answer holds, when the connection lasts to its end.
async function whole<Answer>(reading: Promise<Answer>, signal: AbortSignal | undefined): Promise<Answer> {
  try {
    return await reading;
  } catch (failure) {
    throw unreachable(failure, signal);
  }
}

export async function askBytes(
  path: string,
  parameters: Parameters,
  signal?: AbortSignal,
): Promise<ArrayBuffer> {
  const response = await request(path, { parameters, ...(signal && { signal }) });
  return whole(response.arrayBuffer(), signal);
}

export async function send<Answer>(path: string, body: unknown): Promise<Answer> {
  const response = await request(path, { body });
  return whole(response.text().then(parse<Answer>), undefined);
}
