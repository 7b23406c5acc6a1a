import type { DashboardAnswer, DashboardSummary, DataLine, DataRequest } from "./dashboard.ts";
import { isAbort, LeadlineError, notConnected, type Problem } from "./errors.ts";
import { ndjson } from "./ndjson.ts";
import type { Query } from "./query.ts";
import type { Result } from "./result.ts";
import type { Session } from "./session.ts";
import type { Readiness } from "./status.ts";

export interface ClientOptions {
  /** Where the product answers; empty: the page's own origin. */
  base?: string;
  /** An API key; without one the session's cookie is used. */
  key?: string;
  fetch?: typeof fetch;
}

interface Call {
  method?: string;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** The HTTP API of one Leadline. Every method throws `LeadlineError`, or `AbortError` when its signal fires. */
export class LeadlineClient {
  private readonly base: string;
  private readonly key: string | undefined;
  private readonly fetch: typeof fetch;

  constructor(options: ClientOptions = {}) {
    this.base = options.base ?? "";
    this.key = options.key;
    this.fetch = options.fetch ?? ((input, init) => fetch(input, init));
  }

  /** Signs in and returns who that is; wrong credentials are `wrong_password`. */
  async signIn(email: string, password: string): Promise<Session> {
    await this.send("/api/v1/session", { method: "POST", body: { email, password } });
    return this.session();
  }

  /** Who is signed in, or `not_signed_in`. */
  async session(signal?: AbortSignal): Promise<Session> {
    return this.json("/api/v1/session", { signal });
  }

  async signOut(): Promise<void> {
    await this.send("/api/v1/session", { method: "DELETE" });
  }

  async dashboards(signal?: AbortSignal): Promise<DashboardSummary[]> {
    return (await this.json<{ dashboards: DashboardSummary[] }>("/api/v1/dashboards", { signal })).dashboards;
  }

  async dashboard(id: string, signal?: AbortSignal): Promise<DashboardAnswer> {
    return this.json(`/api/v1/dashboards/${encodeURIComponent(id)}`, { signal });
  }

  /** All queries of a dashboard in one request, in order of readiness. */
  async *dashboardData(id: string, request: DataRequest, signal?: AbortSignal): AsyncGenerator<DataLine> {
    const path = `/api/v1/dashboards/${encodeURIComponent(id)}/data`;
    const response = await this.send(path, { method: "POST", body: request, signal });
    if (!response.body) throw notConnected();
    try {
      for await (const line of ndjson<DataLine | { error: Problem }>(response.body)) yield asLine(line);
    } catch (error) {
      throw isAbort(error) || error instanceof LeadlineError ? error : notConnected();
    }
  }

  /** One question, one answer. */
  async query(query: Query, signal?: AbortSignal): Promise<Result> {
    return this.json("/api/v1/query", { method: "POST", body: query, signal });
  }

  /** Every part of the product with its state; a product that is not ready is an answer too. */
  async readiness(signal?: AbortSignal): Promise<Readiness> {
    const response = await this.reach("/readyz", { signal });
    if (response.status !== 200 && response.status !== 503) throw await refusal(response);
    return (await response.json()) as Readiness;
  }

  private async json<T>(path: string, call: Call): Promise<T> {
    return (await (await this.send(path, call)).json()) as T;
  }

  private async send(path: string, call: Call): Promise<Response> {
    const response = await this.reach(path, call);
    if (!response.ok) throw await refusal(response);
    return response;
  }

  private async reach(path: string, call: Call): Promise<Response> {
    try {
      return await this.fetch(this.base + path, this.init(call));
    } catch (error) {
      throw isAbort(error) ? error : notConnected();
    }
  }

  private init(call: Call): RequestInit {
    const headers: Record<string, string> = { Accept: "application/json, application/x-ndjson" };
    const unsafe = call.method !== undefined && call.method !== "GET";
    if (unsafe) headers["Content-Type"] = "application/json";
    if (this.key) headers["Authorization"] = `Bearer ${this.key}`;
    return {
      method: call.method ?? "GET",
      headers,
      credentials: "same-origin",
      ...(unsafe ? { body: JSON.stringify(call.body ?? {}) } : {}),
      ...(call.signal ? { signal: call.signal } : {}),
    };
  }
}

/** A line of the stream; one that is an error of the whole request is thrown. */
function asLine(line: DataLine | { error: Problem }): DataLine {
  if ("error" in line && !("tile" in line)) throw new LeadlineError(line.error, 500);
  return line;
}

async function refusal(response: Response): Promise<LeadlineError> {
  const body = (await response.json().catch(() => null)) as Problem | null;
  if (body?.code && body.why) return new LeadlineError(body, response.status);
  const why = `The server answered with status ${response.status}.`;
  return new LeadlineError({ code: "internal", why, fix: "Try again." }, response.status);
}
