import { defineStore } from "pinia";
import { ref } from "vue";

/** Whether the viewer has stopped the regular asking, and the instant (of the data) at which that was. */
export const usePulse = defineStore("pulse", () => {
  const paused = ref(false);
  const pausedAt = ref("");

  function pause(at: string): void {
    paused.value = true;
    pausedAt.value = at;
  }

  function resume(): void {
    paused.value = false;
  }

  return { paused, pausedAt, pause, resume };
});
