// node web/embed.mjs DIRECTORY FILE
// Installs what package-lock.json names where it is not yet, builds the pages into DIRECTORY and the page of reports
// into DIRECTORY-report, and writes their files, compressed, into FILE: C++ for the program. Two of these must not run
// at once.
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

// The bytes of a file and the struct that describes it.
function asset(directory, name, array) {
  const mediaType = mediaTypes[path.extname(name)];
  if (mediaType === undefined) throw new Error(`${name}: embed.mjs knows no media type for it`);
  const bytes = readFileSync(path.join(directory, name));
  const gzip = gzipSync(bytes, { level: 9 });
  const hashed = name.startsWith("/assets/"); // the name changes with the content
  return {
    bytes: `constexpr unsigned char ${array}[] = {\n${hexLines(gzip)}\n};\n`,
    row:
      `{${JSON.stringify(name)}, ${JSON.stringify(mediaType)}, ${array}, ${bytes.length}, ` +
      `"W/\\"${digest(bytes).slice(0, 32)}\\"", ${hashed}}`,
  };
}

function asCpp(directory, reportDirectory) {
  const assets = filesIn(directory).map((name, index) => asset(directory, name, `kGzip${index}`));
  const report = asset(reportDirectory, "/report.html", "kReportGzip");
  return `#include "pages/pages.h"

namespace pilothouse::pages {
namespace {

${[...assets, report].map(({ bytes }) => bytes).join("\n")}
constexpr Asset kAssets[] = {
${assets.map(({ row }) => `    ${row},\n`).join("")}};

constexpr Asset kReport = ${report.row};

}  // namespace

std::span<const Asset> built_in() { return kAssets; }

const Asset* report_page() { return &kReport; }

}  // namespace pilothouse::pages
`;
}

const [directory, file] = process.argv.slice(2).map((name) => path.resolve(name));
const quietly = ["--emptyOutDir", "--logLevel", "warn"];
install();
npm("run", "--silent", "build", "--", "--outDir", directory, ...quietly);
npm("run", "--silent", "build:report", "--", "--outDir", `${directory}-report`, ...quietly);
writeFileSync(file, asCpp(directory, `${directory}-report`));
