import { LeadlineError, type Session } from "@leadline/sdk";
import { useMutation, useQuery, useQueryCache } from "@pinia/colada";
import { client } from "./client.ts";

const KEY = ["session"];

/** Who is signed in; an error where nobody is. */
export function useSession() {
  return useQuery({ key: KEY, query: ({ signal }) => client.session(signal), staleTime: 300_000 });
}

/** Signing in replaces everything that was known before. */
export function useSignIn() {
  const cache = useQueryCache();
  return useMutation({
    mutation: ({ email, password }: { email: string; password: string }) => client.signIn(email, password),
    onSuccess: async (session: Session) => {
      cache.setQueryData(KEY, session);
      await cache.invalidateQueries({ predicate: (entry) => entry.key[0] !== "session" });
    },
  });
}

/** Signs out and leaves nothing of the viewer in the page: the caller loads it anew. */
export async function signOut(): Promise<void> {
  await client.signOut();
}

/** Whether an error says that nobody is signed in. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof LeadlineError && error.code === "not_signed_in";
}
