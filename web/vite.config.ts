import tailwind from "@tailwindcss/vite";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { compress } from "./build/compress.ts";
import { preloadFont } from "./build/fonts.ts";

const api = process.env["LEADLINE_URL"] ?? "http://127.0.0.1:8400";

export default defineConfig({
  plugins: [vue(), tailwind(), preloadFont(), compress()],
  build: { target: "es2023", modulePreload: { polyfill: false }, reportCompressedSize: false, assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
  server: { host: "127.0.0.1", proxy: { "/api": api, "/readyz": api } },
});
