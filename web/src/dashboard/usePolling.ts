import { onMounted, onScopeDispose, type Ref } from "vue";

/** Calls `ask` every `every` ms while the page is visible and not paused; at once when it is seen again after that long. */
export function usePolling(ask: () => void, every: number, paused: Readonly<Ref<boolean>>): void {
  let last = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;

  function due(): void {
    if (document.hidden || paused.value || Date.now() - last < every - 50) return;
    last = Date.now();
    ask();
  }

  onMounted(() => {
    timer = setInterval(due, 1000);
    document.addEventListener("visibilitychange", due);
  });
  onScopeDispose(() => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", due);
  });
}
