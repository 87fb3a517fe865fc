// node bench/open_pages.mjs
// Reads visits from standard input, a JSON object a line, and makes each of them in a new, headless browser window:
//   {name, url, shown, zoom}   `shown`: "rows", "canvas" or "bokeh", what is waited for; `zoom`: turns of the wheel
// Prints what each took, a JSON object a line.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const web = createRequire(new URL("../web/package.json", import.meta.url));
const { chromium } = web("@playwright/test");

// Runs in the page: notes when `shown` is first true at the beginning of a frame, and of every frame when it began.
function watch(shown) {
  // Dask's report opens with a summary: its task stream is there to be shown once everything is laid out.
  const isShown = {
    rows: () => document.querySelectorAll("tbody tr, [role=row]").length > 5,
    bokeh: () => window.Bokeh?.documents[0]?.is_idle === true,
    canvas: () =>
      [...document.querySelectorAll("canvas")].some((canvas) => {
        if (canvas.width < 300 || canvas.height < 60) return false;
        const small = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
        const brush = small.getContext("2d", { willReadFrequently: true });
        brush.drawImage(canvas, 0, 0, 64, 64);
        const pixels = new Uint32Array(brush.getImageData(0, 0, 64, 64).data.buffer);
        return new Set(pixels).size > 8;
      }),
  }[shown];
  window.measured = { shown: null, frames: [] };
  const frame = () => {
    window.measured.frames.push(performance.now());
    if (window.measured.shown === null && isShown()) window.measured.shown = performance.now();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

const firstPaint = () =>
  performance.getEntriesByType("paint").find((entry) => entry.name === "first-contentful-paint")?.startTime;

const bokehTasks = () => {
  const sources = window.Bokeh?.documents[0]?._all_models.values() ?? [];
  return Math.max(0, ...[...sources].map((model) => model.data?.worker_thread?.length ?? 0));
};

async function zoomIn(page, turns) {
  const box = await page.locator("canvas").first().boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const began = await page.evaluate(() => performance.now());
  for (let turn = 0; turn < turns; ++turn) {
    await page.mouse.wheel(0, -120);
    await page.waitForTimeout(60);
  }
  await page.waitForTimeout(300);
  const frames = await page.evaluate((from) => window.measured.frames.filter((at) => at >= from), began);
  return frames.slice(1).map((at, i) => at - frames[i]);
}

async function visit(browser, { name, url, shown, zoom }) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const sizes = new Map();
  network.on("Network.responseReceived", ({ requestId, response }) => sizes.set(requestId, [response.url, 0]));
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (sizes.has(requestId)) sizes.get(requestId)[1] = encodedDataLength;
  });
  await page.addInitScript(watch, shown);
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(() => window.measured?.shown !== null, null, { timeout: 60_000 });
  const frames = zoom ? await zoomIn(page, zoom) : [];
  const result = {
    what: name,
    paint: await page.evaluate(firstPaint),
    shown: await page.evaluate(() => window.measured.shown),
    tasks: shown === "bokeh" ? await page.evaluate(bokehTasks) : 0,
    frames,
    answers: [...sizes.values()].filter(([from]) => from.includes("/api/")).map(([, bytes]) => bytes),
    files: [...sizes.values()].filter(([from]) => !from.includes("/api/")).map(([, bytes]) => bytes),
  };
  await page.close();
  return result;
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium" });
try {
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await visit(browser, JSON.parse(line))));
  }
} finally {
  await browser.close();
}
