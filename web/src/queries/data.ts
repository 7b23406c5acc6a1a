import type { DataRequest } from "@leadline/sdk";
import { useQuery, useQueryCache, type EntryKey } from "@pinia/colada";
import { computed, onScopeDispose, watch, type Ref } from "vue";
import { NOTHING, withLine, type DashboardData } from "./answers.ts";
import { client } from "./client.ts";

/** How long lines of the stream are gathered before the page is drawn again. */
const GATHER_MS = 24;

/** All answers of a dashboard for what the bar asks; tiles fill as their line of the stream arrives. */
export function useDashboardData(id: Readonly<Ref<string | undefined>>, request: Readonly<Ref<DataRequest | undefined>>) {
  const cache = useQueryCache();
  const key = computed<EntryKey>(() => ["data", id.value ?? "", JSON.stringify(request.value ?? null)]);
  const query = useQuery({
    key: () => key.value,
    query: ({ signal }) => stream(cache, key.value, id.value ?? "", request.value ?? {}, signal),
    enabled: () => id.value !== undefined && request.value !== undefined,
    placeholderData: (before: DashboardData | undefined) => before,
    staleTime: 0,
  });
  watch(key, (_, before) => cache.cancelQueries({ key: before, exact: true }));
  onScopeDispose(() => cache.cancelQueries({ key: key.value, exact: true }));
  return query;
}

type Cache = ReturnType<typeof useQueryCache>;

/** One request; what it has answered so far is shown now and then on the way. */
async function stream(cache: Cache, key: EntryKey, id: string, request: DataRequest, signal: AbortSignal): Promise<DashboardData> {
  const show = (data: DashboardData): void => cache.setQueryData(key, data);
  let data = cache.getQueryData<DashboardData>(key) ?? NOTHING;
  let shown = performance.now();
  for await (const line of client.dashboardData(id, request, signal)) {
    data = withLine(data, line, Date.now());
    if (performance.now() - shown < GATHER_MS) continue;
    show(data);
    shown = performance.now();
  }
  return data;
}
