/** What `/readyz` says, part by part. */

/** One part: `why` is its note while it is ok, its cause while it is down. A part that is not `needed` does not stop the product. */
export interface PartState {
  state: "ok" | "down";
  needed: boolean;
  why: string;
  code?: string;
  fix?: string;
}

export interface Readiness {
  ready: boolean;
  parts: Record<string, PartState>;
}
