import type { CDPSession } from "@playwright/test";
import { colours, somethingDrawn } from "./canvas";
import { expect, type Page, test } from "./harness";

interface Point {
  x: number;
  y: number;
}

interface Window {
  from: number;
  to: number;
}

test.use({ viewport: { width: 412, height: 800 }, hasTouch: true, isMobile: true });

const kSteps = 12;
const lanes = (page: Page) => page.getByRole("region", { name: /^Task stream of computation/ });
const scrolled = (page: Page) => page.evaluate(() => scrollY);
const length = (window: Window) => window.to - window.from;

// The part that is shown, in seconds, as the picture of the whole run tells it once what the fingers did is drawn.
async function shown(page: Page): Promise<Window> {
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  );
  const label = await page.getByRole("img", { name: /^Busy threads/ }).getAttribute("aria-label");
  const [from, to] = [...(label ?? "").matchAll(/(?:(\d+):)?([\d.]+)(?= s| to|$)/g)].map(
    ([, minutes, seconds]) => Number(minutes ?? 0) * 60 + Number(seconds),
  );
  if (from === undefined || to === undefined) throw new Error(`no times in: ${label}`);
  return { from, to };
}

// The stream in the middle of the screen, and fingers on it: places are shares of its width, pixels from its middle.
async function atStream(page: Page) {
  await expect.poll(() => colours(lanes(page).locator("canvas"))).toBeGreaterThan(4);
  await expect(page.locator(".stream-state")).not.toContainText("loading");
  await lanes(page).evaluate((element) => element.scrollIntoView({ block: "center" }));
  const box = await lanes(page).boundingBox();
  if (!box) throw new Error("the stream has no size");
  const fingers = await page.context().newCDPSession(page);
  const at = (share: number, down = 0): Point => ({
    x: box.x + box.width * share,
    y: box.y + box.height / 2 + down,
  });
  return { fingers, at };
}

function send(fingers: CDPSession, type: "touchStart" | "touchMove" | "touchEnd", points: Point[]) {
  return fingers.send("Input.dispatchTouchEvent", {
    type,
    touchPoints: points.map((point, id) => ({ ...point, id })),
  });
}

async function drag(fingers: CDPSession, from: Point[], to: Point[]): Promise<void> {
  for (let step = 1; step <= kSteps; ++step) {
    const share = step / kSteps;
    const between = (a: number, b: number) => a + (b - a) * share;
    await send(
      fingers,
      "touchMove",
      from.map((point, i) => ({
        x: between(point.x, to[i]?.x ?? point.x),
        y: between(point.y, to[i]?.y ?? point.y),
      })),
    );
  }
}

async function touch(fingers: CDPSession, from: Point[], to: Point[]): Promise<void> {
  await send(fingers, "touchStart", from);
  await drag(fingers, from, to);
  await send(fingers, "touchEnd", []);
}

test("two fingers apart zoom in, and together zoom out", async ({ page, open, recorded }) => {
  await open(`/computations/${recorded.tides}`);
  const { fingers, at } = await atStream(page);
  const whole = await shown(page);
  await touch(fingers, [at(0.45), at(0.55)], [at(0.25), at(0.75)]);
  const close = await shown(page);
  expect(length(close)).toBeLessThan(length(whole) / 2);
  expect(close.from).toBeGreaterThan(whole.from);
  expect(close.to).toBeLessThan(whole.to);
  await touch(fingers, [at(0.25), at(0.75)], [at(0.4), at(0.6)]);
  expect(length(await shown(page))).toBeGreaterThan(length(close) * 1.5);
  expect(await page.evaluate(() => visualViewport?.scale)).toBe(1);
});

test("two fingers zoom in whichever way they part", async ({ page, open, recorded }) => {
  await open(`/computations/${recorded.tides}`);
  const { fingers, at } = await atStream(page);
  const whole = await shown(page);
  const before = await scrolled(page);
  await touch(fingers, [at(0.5, -10), at(0.5, 10)], [at(0.48, -70), at(0.52, 70)]);
  const close = await shown(page);
  expect(length(close)).toBeLessThan(length(whole) / 2);
  await touch(fingers, [at(0.5, -20), at(0.5, 0)], [at(0.5, -20), at(0.5, 150)]);
  expect(length(await shown(page))).toBeLessThan(length(close) / 2);
  expect(await scrolled(page)).toBe(before);
});

test("the finger that stays after two zoomed goes on moving", async ({ page, open, recorded }) => {
  await open(`/computations/${recorded.tides}`);
  const { fingers, at } = await atStream(page);
  await send(fingers, "touchStart", [at(0.4), at(0.6)]);
  await drag(fingers, [at(0.4), at(0.6)], [at(0.3), at(0.8)]);
  await send(fingers, "touchEnd", [at(0.3)]);
  const close = await shown(page);
  await drag(fingers, [at(0.3)], [at(0.1)]);
  await send(fingers, "touchEnd", []);
  const later = await shown(page);
  expect(later.from).toBeGreaterThan(close.from);
  expect(length(later)).toBeCloseTo(length(close), 1);
  await expect(page.locator(".stream-tip.pinned")).toHaveCount(0);
});

test("one finger moves along the time, and the page up and down", async ({ page, open, recorded }) => {
  await open(`/computations/${recorded.tides}`);
  const { fingers, at } = await atStream(page);
  await touch(fingers, [at(0.4), at(0.6)], [at(0.2), at(0.8)]);
  const before = await shown(page);
  const top = await scrolled(page);
  await touch(fingers, [at(0.7)], [at(0.5)]);
  const later = await shown(page);
  expect(later.from).toBeGreaterThan(before.from);
  expect(length(later)).toBeCloseTo(length(before), 1);
  expect(await scrolled(page)).toBe(top);
  await touch(fingers, [at(0.5, 20)], [at(0.5, -160)]);
  await expect.poll(() => scrolled(page)).toBeGreaterThan(top + 100);
  expect(await shown(page)).toEqual(later);
});

test("a tap keeps what is told of a task", async ({ page, open, recorded }) => {
  await open(`/computations/${recorded.tides}`);
  const { fingers } = await atStream(page);
  const canvas = lanes(page).locator("canvas");
  const drawn = await somethingDrawn(canvas);
  const box = await canvas.boundingBox();
  const there = { x: (box?.x ?? 0) + drawn.x, y: (box?.y ?? 0) + drawn.y };
  await touch(fingers, [there], [there]);
  await expect(page.locator(".stream-tip.pinned")).toBeVisible();
});
