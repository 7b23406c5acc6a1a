import { LeadlineError, type CompareChoice, type DashboardDocument } from "@leadline/sdk";
import { computed, provide, watch, type Ref } from "vue";
import { ageWords, momentWords } from "../charts/words/all.ts";
import { clock, wall } from "../charts/words/wall.ts";
import { useNow } from "../components/useNow.ts";
import { NOTHING, type DashboardData } from "../queries/answers.ts";
import { useDashboard } from "../queries/dashboards.ts";
import { useDashboardData } from "../queries/data.ts";
import { isSignedOut, useSession } from "../queries/session.ts";
import { usePulse } from "../stores/pulse.ts";
import { dashboardContext } from "../tiles/context.ts";
import { filterWords } from "./filterWords.ts";
import { pulseWords } from "./pulseWords.ts";
import { usePolling } from "./usePolling.ts";
import { useViewState } from "./useViewState.ts";
import { requestOf, type ViewState } from "./viewState.ts";

/** Tiles ask again this often. */
const EVERY_MS = 10_000;

/** Everything a dashboard's screen shows, from its document, its data and the address. */
export function useDashboardScreen(id: Readonly<Ref<string | undefined>>) {
  const session = useSession();
  const dashboard = useDashboard(id);
  const view = useViewState();
  const pulse = usePulse();
  const now = useNow();

  const document = computed(() => dashboard.data.value?.dashboard);
  const request = computed(() => document.value && requestOf(view.state.value, document.value));
  const answers = useDashboardData(id, request);
  const data = computed(() => answers.data.value ?? NOTHING);
  const facts = computed(() => dashboard.data.value?.metrics ?? {});
  const locale = computed(() => session.data.value?.viewer.locale ?? "en-US");
  const newest = computed(() => newestOf(data.value));
  const cut = computed(() => answers.error.value !== null);
  const compare = computed<CompareChoice>(() => view.state.value.compare ?? document.value?.bar.compare ?? "none");
  const filters = computed(() => (document.value ? filtersInForce(document.value, view.state.value, view.change) : []));

  function age(asOf: string, received: number): number {
    const from = session.data.value?.product.as_of ? received : Date.parse(asOf);
    return Math.max(0, (now.value - from) / 1000);
  }

  const refused = computed(() => refusal(answers.error.value));
  watch(answers.error, (error) => isSignedOut(error) && void session.refetch());

  const retry = (): void => void answers.refetch();
  usePolling(retry, EVERY_MS, computed(() => pulse.paused || refused.value !== null));
  provide(dashboardContext, { facts, locale, compare, cut, paused: computed(() => pulse.paused), age, filters, retry });

  const said = computed(() => pulseWords({
    paused: pulse.paused, pausedAt: pulse.pausedAt, cut: cut.value, refused: refused.value !== null, why: whyOf(answers.error.value),
    clock: newest.value ? clock(wall(newest.value.asOf)) : "", ago: newest.value ? ageWords((now.value - newest.value.received) / 1000) : "",
  }));
  const moment = computed(() => (newest.value ? momentWords(newest.value.asOf, session.data.value?.product.zone) : ""));

  function toggle(): void {
    if (!pulse.paused) return pulse.pause(newest.value ? clock(wall(newest.value.asOf)) : "");
    pulse.resume();
    retry();
  }

  return { session, dashboard, document, data, facts, locale, view, pulse: said, moment, newest, toggle, refused };
}

/** The newest instant that any answer knows, and when the last answer came. */
function newestOf(data: DashboardData): { asOf: string; received: number } | null {
  const answers = Object.values(data.answers).flatMap((tile) => Object.values(tile)).filter((answer) => answer.result);
  const [first, ...others] = answers.map((answer) => ({ asOf: answer.result?.as_of ?? "", received: answer.received }));
  if (!first) return null;
  return others.reduce((best, one) => ({ asOf: Date.parse(one.asOf) > Date.parse(best.asOf) ? one.asOf : best.asOf, received: Math.max(best.received, one.received) }), first);
}

function whyOf(error: Error | null): string {
  const known = error instanceof LeadlineError && error.code !== "not_connected";
  return known ? error.why.replace(/\.$/, "") : "Not connected";
}

/** A question that the server refuses as it stands: asking again does not help, another address does. */
function refusal(error: Error | null): { why: string; fix: string } | null {
  const wrong = error instanceof LeadlineError && error.status >= 400 && error.status < 500 && ![401, 408, 429].includes(error.status);
  return wrong ? { why: error.why, fix: error.fix } : null;
}

function filtersInForce(document: DashboardDocument, state: ViewState, change: (part: Partial<ViewState>) => void): { words: string; remove: () => void }[] {
  return document.bar.filters.flatMap((filter) => {
    const chosen = state.filters[filter.field] ?? [];
    const remove = (): void => change({ filters: { ...state.filters, [filter.field]: [] } });
    return chosen.length ? [{ words: `${filter.label} is ${filterWords(filter.label, chosen)}`, remove }] : [];
  });
}
