import { onMounted, onScopeDispose, shallowRef, type Ref, type ShallowRef } from "vue";

/** The width of an element in whole px, kept up to date; 0 before it is laid out. */
export function useWidth(element: Readonly<Ref<HTMLElement | null>>): ShallowRef<number> {
  const width = shallowRef(0);
  let observer: ResizeObserver | undefined;
  onMounted(() => {
    if (!element.value) return;
    width.value = Math.floor(element.value.clientWidth);
    observer = new ResizeObserver(([entry]) => (width.value = Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element.value);
  });
  onScopeDispose(() => observer?.disconnect());
  return width;
}
