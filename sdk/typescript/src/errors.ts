/** An error as the contract has it: a permanent code, the cause, the way out, and where. */
export interface Problem {
  code: string;
  why: string;
  fix?: string;
  at?: string;
}

/** Refused by the server (its code), or never reached it (`not_connected`, status 0). */
export class LeadlineError extends Error {
  readonly code: string;
  readonly why: string;
  readonly fix: string;
  readonly at: string;
  readonly status: number;

  constructor(problem: Problem, status: number) {
    super(`${problem.code}: ${problem.why}`);
    this.name = "LeadlineError";
    this.code = problem.code;
    this.why = problem.why;
    this.fix = problem.fix ?? "";
    this.at = problem.at ?? "";
    this.status = status;
  }

  /** The error as plain data. */
  toProblem(): Problem {
    return { code: this.code, why: this.why, fix: this.fix, at: this.at };
  }
}

/** The server could not be reached, or the connection broke off. */
export function notConnected(): LeadlineError {
  return new LeadlineError({ code: "not_connected", why: "The server cannot be reached.", fix: "Check the connection." }, 0);
}

/** Whether a request was given up on purpose. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
