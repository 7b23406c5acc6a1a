/** The one place that says how fresh the page is. */
export interface Pulse {
  state: "on" | "paused" | "cut" | "waiting";
  strong: string;
  rest: string;
}

/** `clock`: the time of the values shown; `ago`: how long ago they were asked for; `why`: what went wrong, in words; `refused`: asking again is of no use, and is not done. */
export function pulseWords(given: { paused: boolean; pausedAt: string; cut: boolean; refused: boolean; why: string; clock: string; ago: string }): Pulse {
  if (given.refused) return { state: "cut", strong: "Not answered", rest: "" };
  if (given.cut) return { state: "cut", strong: given.why, rest: given.clock ? `, values of ${given.clock}, trying again` : ", trying again" };
  if (given.paused) return { state: "paused", strong: "Paused", rest: ` by you at ${given.pausedAt}` };
  if (!given.ago) return { state: "waiting", strong: "Asking", rest: "" };
  return { state: "on", strong: "Every 10\u202Fs", rest: given.ago === "now" ? ", asked just now" : `, asked ${given.ago} ago` };
}
