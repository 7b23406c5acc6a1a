import { LeadlineClient } from "@leadline/sdk";

/** The one way to the server; the page's own origin. */
export const client = new LeadlineClient();
