import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [vue()],
  test: { name: "web", include: ["tests/**/*.test.ts"], environment: "node" },
});
