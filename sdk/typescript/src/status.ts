/** What `/readyz` says, part by part. */

export interface Part {
  name: string;
  ok: boolean;
  why: string;
}

export interface Readiness {
  ready: boolean;
  parts: Part[];
}

/** The parts, given as a list of entries or as a map by name. */
export function readParts(status: number, body: unknown): Readiness {
  const found = (body as { parts?: unknown } | null)?.parts ?? {};
  const entries = Array.isArray(found)
    ? found.map((part: Record<string, unknown>) => [String(part["name"]), part] as const)
    : Object.entries(found as Record<string, unknown>);
  return { ready: status === 200, parts: entries.map(([name, part]) => readPart(name, part)) };
}

function readPart(name: string, part: unknown): Part {
  if (typeof part === "string") return { name, ok: part === "ok", why: part === "ok" ? "" : part };
  const facts = (part ?? {}) as Record<string, unknown>;
  const ok = facts["ok"] === true || facts["status"] === "ok" || facts["state"] === "ok";
  return { name, ok, why: String(facts["why"] ?? facts["detail"] ?? "") };
}
