import { onMounted, onScopeDispose, shallowRef, type ShallowRef } from "vue";

const now = shallowRef(Date.now());
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The browser's clock, ticking once a second for all who look at it. */
export function useNow(): Readonly<ShallowRef<number>> {
  onMounted(() => {
    now.value = Date.now();
    users += 1;
    timer ??= setInterval(() => (now.value = Date.now()), 1000);
  });
  onScopeDispose(() => {
    users -= 1;
    if (users > 0) return;
    clearInterval(timer);
    timer = undefined;
  });
  return now;
}
