/** Everything an application needs to talk to Leadline. */
export * from "./client.ts";
export * from "./dashboard.ts";
export * from "./errors.ts";
export * from "./query.ts";
export * from "./result.ts";
export * from "./session.ts";
export * from "./status.ts";
