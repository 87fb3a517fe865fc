import { defineConfig } from "vite";

const compat = "preact/compat";

export default defineConfig({
  resolve: { alias: { react: compat, "react-dom": compat, "react/jsx-runtime": "preact/jsx-runtime" } },
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the policy of the pages allows no inlined scripts
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      onwarn: (warning, warn) => {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
  server: { proxy: { "/api": process.env.PILOTHOUSE_HUB ?? "http://127.0.0.1:8790" } },
});
