import { createHash } from "node:crypto";
import { defineConfig, mergeConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";
import pages from "./vite.config";

// Only the page's own script runs, and nothing is asked of anybody.
function policy(): Plugin {
  return {
    name: "policy",
    enforce: "post",
    generateBundle: {
      order: "post", // behind the plugin that puts the script in
      handler(_, bundle) {
        const page = bundle["report.html"];
        if (page?.type !== "asset") throw new Error("there is no report.html");
        const html = String(page.source);
        const scripts = [...html.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)].map(
          ([, text]) => text ?? "",
        );
        if (scripts.length !== 1 || scripts[0] === "")
          throw new Error("report.html does not have one script");
        const hash = createHash("sha256")
          .update(scripts[0] ?? "")
          .digest("base64");
        const rules =
          `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; ` +
          "base-uri 'none'; form-action 'none'";
        page.source = html.replace(
          "<!--policy-->",
          () => `<meta http-equiv="Content-Security-Policy" content="${rules}" />`,
        );
      },
    },
  };
}

export default mergeConfig(
  pages,
  defineConfig({
    plugins: [viteSingleFile({ removeViteModuleLoader: true }), policy()],
    publicDir: false,
    build: { rollupOptions: { input: "report.html" } },
  }),
);
