import type { DataLine, DataRequest } from "@leadline/sdk";
import { useQuery, useQueryCache, type EntryKey } from "@pinia/colada";
import { computed, onScopeDispose, watch, type Ref } from "vue";
import { isIncomparable, narrower, NOTHING, withLine, type DashboardData } from "./answers.ts";
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

/** Asks, and asks once more for the tiles that cannot be compared as the bar wants (weeks with the month before). */
async function stream(cache: Cache, key: EntryKey, id: string, request: DataRequest, signal: AbortSignal): Promise<DashboardData> {
  const show = (data: DashboardData): void => cache.setQueryData(key, data);
  const refused: string[] = [];
  const known = cache.getQueryData<DashboardData>(key) ?? NOTHING;
  const data = await gathered(known, client.dashboardData(id, request, signal), show, (line) => isIncomparable(line) && refused.push((line as { tile: string }).tile) > 0);
  const less = narrower(request, refused);
  return less ? { ...(await gathered(data, client.dashboardData(id, less, signal), show, () => false)), done: data.done } : data;
}

/** The data with all lines of a stream, shown now and then on the way; `skip` leaves a line out. */
async function gathered(known: DashboardData, lines: AsyncIterable<DataLine>, show: (data: DashboardData) => void, skip: (line: DataLine) => boolean): Promise<DashboardData> {
  let data = known;
  let shown = performance.now();
  for await (const line of lines) {
    if (skip(line)) continue;
    data = withLine(data, line, Date.now());
    if (performance.now() - shown < GATHER_MS) continue;
    show(data);
    shown = performance.now();
  }
  return data;
}
