import { useQuery } from "@pinia/colada";
import { client } from "./client.ts";

/** The parts of the product, asked again whenever the page is opened. */
export function useReadiness() {
  return useQuery({ key: ["readiness"], query: ({ signal }) => client.readiness(signal), staleTime: 0 });
}
