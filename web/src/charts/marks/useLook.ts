import { onMounted, onScopeDispose, shallowRef, type ShallowRef } from "vue";
import { lookOf, type Look } from "../look.ts";

/** The look of the present theme; null before the page is laid out, and new when the theme changes. */
export function useLook(): ShallowRef<Look | null> {
  const look = shallowRef<Look | null>(null);
  const read = (): void => {
    look.value = lookOf(getComputedStyle(document.documentElement));
  };
  const observer = typeof MutationObserver === "undefined" ? null : new MutationObserver(read);
  onMounted(() => {
    read();
    observer?.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  });
  onScopeDispose(() => observer?.disconnect());
  return look;
}
