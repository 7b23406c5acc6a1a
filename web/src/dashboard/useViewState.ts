import { computed, type ComputedRef } from "vue";
import { useRoute, useRouter } from "vue-router";
import { readState, writeState, type ViewState } from "./viewState.ts";

/** The state of the view, and the way to change it: a new address, so that back and forward work. */
export function useViewState(): { state: ComputedRef<ViewState>; change: (part: Partial<ViewState>) => void } {
  const route = useRoute();
  const router = useRouter();
  const state = computed(() => readState(route.query));
  function change(part: Partial<ViewState>): void {
    void router.push({ path: route.path, query: writeState({ ...state.value, ...part }), hash: route.hash });
  }
  return { state, change };
}
