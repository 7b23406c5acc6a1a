/** Where to go after signing in: an address of ours, else the overview. */
export function afterSignIn(next: unknown): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) && !next.startsWith("/signin") ? next : "/";
}
