import { useIntersection } from "../marks/useIntersection.ts";
import { onScopeDispose, shallowRef, watch, type Ref } from "vue";
import type { EChartsOption } from "echarts";

type Drawing = { setOption: (option: EChartsOption, how: object) => void; resize: () => void; dispose: () => void };

/** Draws an option into an element once that is in view; the drawing code is loaded then, not before. */
export function useDrawing(element: Readonly<Ref<HTMLElement | null>>, option: Readonly<Ref<EChartsOption | null>>): Readonly<Ref<boolean>> {
  const seen = useIntersection(element);
  const drawn = shallowRef(false);
  let drawing: Drawing | undefined;
  let gone = false;

  async function draw(): Promise<void> {
    if (!seen.value || !option.value || !element.value) return;
    const { init } = await import("./echarts.ts");
    if (gone || !element.value || !option.value) return;
    drawing ??= init(element.value, null, { renderer: "svg" }) as unknown as Drawing;
    drawing.resize();
    drawing.setOption(option.value, { replaceMerge: ["series", "graphic"] });
    drawn.value = true;
  }

  watch([seen, option], () => void draw(), { flush: "post", immediate: true });
  onScopeDispose(() => {
    gone = true;
    drawing?.dispose();
  });
  return drawn;
}
