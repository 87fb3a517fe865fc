// node web/install.mjs
// Installs what package-lock.json names into node_modules, unless that was done. Two of these must not run at once.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const web = path.dirname(fileURLToPath(import.meta.url));

export function npm(...words) {
  execFileSync("npm", words, { cwd: web, stdio: ["ignore", "inherit", "inherit"] });
}

export function install() {
  const stamp = path.join(web, "node_modules", ".installed");
  const wanted = createHash("sha256")
    .update(readFileSync(path.join(web, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  npm("ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts");
  writeFileSync(stamp, wanted);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) install();
