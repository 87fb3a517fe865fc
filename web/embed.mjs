// node web/embed.mjs DIRECTORY FILE
// Installs what package-lock.json names where it is not yet, builds the pages into DIRECTORY, and writes their files,
// compressed, into FILE: C++ for the program. Two of these must not run at once.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { install, npm } from "./install.mjs";

const mediaTypes = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

function filesIn(directory, prefix = "") {
  return readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesIn(path.join(directory, entry.name), `${prefix}/${entry.name}`)
        : [`${prefix}/${entry.name}`],
    )
    .sort();
}

const hexLines = (bytes) =>
  (bytes.toString("hex").match(/.{1,48}/g) ?? []).map((line) => line.replace(/../g, "0x$&,")).join("\n");

function asCpp(directory) {
  const arrays = [];
  const rows = [];
  for (const [index, name] of filesIn(directory).entries()) {
    const mediaType = mediaTypes[path.extname(name)];
    if (mediaType === undefined) throw new Error(`${name}: embed.mjs knows no media type for it`);
    const bytes = readFileSync(path.join(directory, name));
    const gzip = gzipSync(bytes, { level: 9 });
    const hashed = name.startsWith("/assets/"); // the name changes with the content
    arrays.push(`constexpr unsigned char kGzip${index}[] = {\n${hexLines(gzip)}\n};\n`);
    rows.push(
      `    {${JSON.stringify(name)}, ${JSON.stringify(mediaType)}, kGzip${index}, ${bytes.length}, ` +
        `"W/\\"${digest(bytes).slice(0, 32)}\\"", ${hashed}},\n`,
    );
  }
  return `#include "pages/pages.h"

namespace pilothouse::pages {
namespace {

${arrays.join("\n")}
constexpr Asset kAssets[] = {
${rows.join("")}};

}  // namespace

std::span<const Asset> built_in() { return kAssets; }

}  // namespace pilothouse::pages
`;
}

const [directory, file] = process.argv.slice(2).map((name) => path.resolve(name));
install();
npm("run", "--silent", "build", "--", "--outDir", directory, "--emptyOutDir", "--logLevel", "warn");
writeFileSync(file, asCpp(directory));
