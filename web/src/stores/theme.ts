import { defineStore } from "pinia";
import { ref, watch } from "vue";

export type ThemeChoice = "system" | "light" | "dark";

const KEY = "leadline.theme";

function remembered(): ThemeChoice {
  try {
    const choice = localStorage.getItem(KEY);
    return choice === "light" || choice === "dark" ? choice : "system";
  } catch {
    return "system"; // storage is off
  }
}

function remember(choice: ThemeChoice): void {
  try {
    if (choice === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    return; // storage is off: the choice lasts as long as the page
  }
}

/** The theme that the viewer chose; before the first paint `public/theme.js` has already applied it. */
export const useTheme = defineStore("theme", () => {
  const choice = ref<ThemeChoice>(remembered());
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = (): void => {
    const dark = choice.value === "system" ? system.matches : choice.value === "dark";
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  };
  watch(choice, (now) => {
    remember(now);
    apply();
  });
  system.addEventListener("change", apply);
  return { choice };
});
