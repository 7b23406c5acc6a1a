import type { Plugin } from "vite";

const FIRST = /inter-latin-opsz-normal.*\.woff2$/;

/** Lets the browser fetch the first font together with the style sheet that names it, so that no text changes its face. */
export function preloadFont(): Plugin {
  return {
    name: "leadline-preload-font",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_, { bundle }) => {
        const name = Object.keys(bundle ?? {}).find((file) => FIRST.test(file));
        return name ? [{ tag: "link", attrs: { rel: "preload", as: "font", type: "font/woff2", href: `/${name}`, crossorigin: "" }, injectTo: "head" }] : [];
      },
    },
  };
}
