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

// The part that is shown, in seconds, as the picture of the whole run tells it.
async function shown(page: Page): Promise<Window> {
  const label = await page.getByRole("img", { name: /^Busy threads/ }).getAttribute("aria-label");
  const [from, to] = [...(label ?? "").matchAll(/(?:(\d+):)?([\d.]+)(?= s| to|$)/g)].map(
    ([, minutes, seconds]) => Number(minutes ?? 0) * 60 + Number(seconds),
  );
  if (from === undefined || to === undefined) throw new Error(`no times in: ${label}`);
  return { from, to };
}

// Fingers on the screen. Each is lifted or, where the page scrolls, cancelled once; until the page has heard of that, it
// may not have heard of all moves before either.
class Fingers {
  private there = 0;
  private gone = 0;

  private constructor(
    private readonly page: Page,
    private readonly devtools: CDPSession,
  ) {}

  static async on(page: Page): Promise<Fingers> {
    await page.evaluate(() => {
      const counted = Object.assign(window, { fingersGone: 0 });
      const count = () => {
        counted.fingersGone += 1;
      };
      for (const type of ["pointerup", "pointercancel"]) addEventListener(type, count, { capture: true });
    });
    return new Fingers(page, await page.context().newCDPSession(page));
  }

  async down(points: Point[]): Promise<void> {
    this.there = points.length;
    await this.send("touchStart", points);
  }

  async drag(from: Point[], to: Point[]): Promise<void> {
    for (let step = 1; step <= kSteps; ++step) {
      const share = step / kSteps;
      const between = (a: number, b: number) => a + (b - a) * share;
      const points = from.map((point, i) => ({
        x: between(point.x, to[i]?.x ?? point.x),
        y: between(point.y, to[i]?.y ?? point.y),
      }));
      await this.send("touchMove", points);
    }
  }

  // The last of them, if it is told where that is; otherwise all.
  async lift(last?: Point): Promise<void> {
    const lifted = last === undefined ? this.there : 1;
    this.gone += lifted;
    this.there -= lifted;
    await this.send("touchEnd", last === undefined ? [] : [last], this.there);
    const heard = () => this.page.evaluate(() => (window as unknown as { fingersGone: number }).fingersGone);
    await expect.poll(heard).toBe(this.gone);
    await this.page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
  }

  async touch(from: Point[], to: Point[]): Promise<void> {
    await this.down(from);
    await this.drag(from, to);
    await this.lift();
  }

  private async send(
    type: "touchStart" | "touchMove" | "touchEnd",
    points: Point[],
    first = 0,
  ): Promise<void> {
    const touchPoints = points.map((point, i) => ({ ...point, id: first + i }));
    await this.devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
  }
}

// The stream in the middle of the screen, and fingers on it: places are shares of its width, pixels from its middle.
async function atStream(page: Page) {
  await expect.poll(() => colours(lanes(page).locator("canvas"))).toBeGreaterThan(4);
  await expect(page.locator(".stream-state")).not.toContainText("loading");
  await lanes(page).evaluate((element) => element.scrollIntoView({ block: "center" }));
  const box = await lanes(page).boundingBox();
  if (!box) throw new Error("the stream has no size");
  const at = (share: number, down = 0): Point => ({
    x: box.x + box.width * share,
    y: box.y + box.height / 2 + down,
  });
  return { fingers: await Fingers.on(page), at };
}

test("two fingers apart zoom in, and together zoom out", async ({ page, open, recorded }) => {
  await open(`/computations/${recorded.tides}`);
  const { fingers, at } = await atStream(page);
  const whole = await shown(page);
  await fingers.touch([at(0.45), at(0.55)], [at(0.25), at(0.75)]);
  const close = await shown(page);
  expect(length(close)).toBeLessThan(length(whole) / 2);
  expect(close.from).toBeGreaterThan(whole.from);
  expect(close.to).toBeLessThan(whole.to);
  await fingers.touch([at(0.25), at(0.75)], [at(0.4), at(0.6)]);
  expect(length(await shown(page))).toBeGreaterThan(length(close) * 1.5);
  expect(await page.evaluate(() => visualViewport?.scale)).toBe(1);
});

test("two fingers zoom in whichever way they part", async ({ page, open, recorded }) => {
  await open(`/computations/${recorded.tides}`);
  const { fingers, at } = await atStream(page);
  const whole = await shown(page);
  const before = await scrolled(page);
  await fingers.touch([at(0.5, -10), at(0.5, 10)], [at(0.48, -70), at(0.52, 70)]);
  const close = await shown(page);
  expect(length(close)).toBeLessThan(length(whole) / 2);
  await fingers.touch([at(0.5, -20), at(0.5, 0)], [at(0.5, -20), at(0.5, 150)]);
  expect(length(await shown(page))).toBeLessThan(length(close) / 2);
  expect(await scrolled(page)).toBe(before);
});

test("the finger that stays after two zoomed goes on moving", async ({ page, open, recorded }) => {
  await open(`/computations/${recorded.tides}`);
  const { fingers, at } = await atStream(page);
  await fingers.down([at(0.4), at(0.6)]);
  await fingers.drag([at(0.4), at(0.6)], [at(0.3), at(0.8)]);
  await fingers.lift(at(0.8));
  const close = await shown(page);
  await fingers.drag([at(0.3)], [at(0.1)]);
  await fingers.lift();
  const later = await shown(page);
  expect(later.from).toBeGreaterThan(close.from);
  expect(length(later) / length(close)).toBeCloseTo(1, 1);
  await expect(page.locator(".stream-tip.pinned")).toHaveCount(0);
});

test("one finger moves along the time, and the page up and down", async ({ page, open, recorded }) => {
  await open(`/computations/${recorded.tides}`);
  const { fingers, at } = await atStream(page);
  await fingers.touch([at(0.4), at(0.6)], [at(0.2), at(0.8)]);
  const before = await shown(page);
  const top = await scrolled(page);
  await fingers.touch([at(0.7)], [at(0.5)]);
  const later = await shown(page);
  expect(later.from).toBeGreaterThan(before.from);
  expect(length(later) / length(before)).toBeCloseTo(1, 1);
  expect(await scrolled(page)).toBe(top);
  await fingers.touch([at(0.5, 20)], [at(0.5, -160)]);
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
  await fingers.touch([there], [there]);
  await expect(page.locator(".stream-tip.pinned")).toBeVisible();
});
