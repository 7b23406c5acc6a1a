import { onMounted, onScopeDispose, shallowRef, type Ref, type ShallowRef } from "vue";

/** Whether an element has ever come near the visible part of the page. */
export function useIntersection(element: Readonly<Ref<HTMLElement | null>>): ShallowRef<boolean> {
  const seen = shallowRef(false);
  let observer: IntersectionObserver | undefined;
  onMounted(() => {
    if (!element.value) return;
    observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        seen.value = true;
        observer?.disconnect();
      },
      { rootMargin: "200px" },
    );
    observer.observe(element.value);
  });
  onScopeDispose(() => observer?.disconnect());
  return seen;
}
