import { colours } from "./canvas";
import { expect, test } from "./harness";

test.describe.configure({ mode: "serial" });
test.setTimeout(60_000);

let cluster = 0;

test("a new cluster appears by itself", async ({ page, open, scene, recorded }) => {
  await open("/");
  await expect(page.getByText("north-sea").first()).toBeVisible();
  await expect(page.getByText("baltic")).toHaveCount(0);
  await page.evaluate(() => Object.assign(window, { here: true }));
  cluster = await scene.tell<number>("start_live");
  await expect(page.getByRole("link", { name: "baltic" }).first()).toBeVisible();
  expect(await page.evaluate(() => "here" in window)).toBe(true);
  expect(cluster).not.toBe(recorded.cluster);
});

test("a running computation moves on while one looks", async ({ page, open, scene }) => {
  await scene.tell("run_slow", { tasks: 120, seconds: 0.25 });
  await open(`/clusters/${cluster}`);
  await page.locator("a[href^='/computations/']").first().click();
  const progress = page.getByRole("region", { name: "Progress" });
  await expect(progress).toBeVisible();
  const told = () => progress.getByRole("img").first().getAttribute("aria-label");
  const before = await told();
  await expect.poll(told).not.toBe(before);
  const canvas = page.getByRole("region", { name: /^Task stream of computation/ }).locator("canvas");
  await expect.poll(() => colours(canvas)).toBeGreaterThan(3);
  await expect(page.getByText("running").first()).toBeVisible();
  await scene.tell("forget_work");
  await expect(page.getByText("cancelled").or(page.getByText("done")).first()).toBeVisible({
    timeout: 20_000,
  });
});
