/** The drawing of a flow: what goes on runs along the top, what does not falls below in grey. */
import type { Step } from "./view.ts";

export interface Block {
  x: number;
  y: number;
  height: number;
}

export interface FlowShape {
  blocks: Block[];
  /** Grey blocks, by the step at which they end; null where nothing fell away. */
  stubs: (Block | null)[];
  ribbons: { d: string; rest: boolean }[];
  height: number;
}

export const BLOCK = 10;
const HEAD = 62;
const GAP = 22;

/** Places the steps over `width`; `room` px at the right are for the last step's words. */
export function flowShape(steps: readonly Step[], width: number, bodyHeight: number, room: number): FlowShape {
  const top = Math.max(1, ...steps.map((step) => step.value));
  const k = (bodyHeight - GAP) / top;
  const across = (width - room - BLOCK) / Math.max(1, steps.length - 1);
  const blocks = steps.map((step, at) => ({ x: Math.round(at * across), y: HEAD, height: Math.max(1, step.value * k) }));
  const stubs = steps.map((step, at) => (step.fewer ? stub(blocks[at] as Block, step.fewer * k) : null));
  return { blocks, stubs, ribbons: steps.flatMap((_, at) => ribbons(blocks, stubs, at)), height: HEAD + bodyHeight };
}

function stub(block: Block, height: number): Block {
  return { x: block.x, y: block.y + block.height + GAP, height: Math.max(1, height) };
}

function ribbons(blocks: Block[], stubs: (Block | null)[], at: number): FlowShape["ribbons"] {
  const [from, to, rest] = [blocks[at - 1], blocks[at], stubs[at]];
  if (!from || !to) return [];
  const onward = Math.min(from.height, to.height);
  const main = { d: ribbon(from.x + BLOCK, from.y, to.x, to.y, onward), rest: false };
  return rest ? [main, { d: ribbon(from.x + BLOCK, from.y + onward, rest.x, rest.y, Math.min(rest.height, from.height - onward)), rest: true }] : [main];
}

function ribbon(x1: number, y1: number, x2: number, y2: number, thick: number): string {
  const m = (x1 + x2) / 2;
  const n = (value: number): string => value.toFixed(1);
  return `M${n(x1)} ${n(y1)}C${n(m)} ${n(y1)} ${n(m)} ${n(y2)} ${n(x2)} ${n(y2)}V${n(y2 + thick)}C${n(m)} ${n(y2 + thick)} ${n(m)} ${n(y1 + thick)} ${n(x1)} ${n(y1 + thick)}Z`;
}
