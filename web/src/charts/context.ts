import { inject, ref, type InjectionKey, type Ref } from "vue";

/** The tab index of what is inside a tile: -1 until the tile is entered with Enter, so that Tab goes tile to tile. */
export const innerTab: InjectionKey<Readonly<Ref<number>>> = Symbol("innerTab");

/** The tab index for an element inside a tile; outside of any tile it is 0. */
export function useInnerTab(): Readonly<Ref<number>> {
  return inject(innerTab, ref(0));
}
