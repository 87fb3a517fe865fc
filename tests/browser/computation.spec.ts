import { colours, somethingDrawn } from "./canvas";
import { expect, type Page, test } from "./harness";

const lanes = (page: Page) => page.getByRole("region", { name: /^Task stream of computation/ });
const canvas = (page: Page) => lanes(page).locator("canvas");
const state = (page: Page) => page.locator(".stream-state");

async function drawn(page: Page): Promise<void> {
  await expect.poll(() => colours(canvas(page))).toBeGreaterThan(4);
  await expect(state(page)).not.toContainText("loading");
}

async function zoomOnSomething(page: Page): Promise<void> {
  const place = await somethingDrawn(canvas(page));
  await canvas(page).hover({ position: place });
  for (let turn = 0; turn < 30; ++turn) {
    if (await state(page).filter({ hasText: "every run" }).count()) break;
    await page.mouse.wheel(0, -240);
    await page.waitForTimeout(40);
  }
  await expect(state(page)).toContainText("every run");
}

test("the stream, the groups, the graph, the source and the slowest tasks", async ({
  page,
  open,
  recorded,
}) => {
  await open(`/computations/${recorded.tides}`);
  await drawn(page);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const main = page.getByRole("main");
  await expect(main.getByRole("link", { name: "north-sea" })).toHaveAttribute(
    "href",
    `/clusters/${recorded.cluster}`,
  );
  const source = page.getByRole("region", { name: "Source code", exact: true });
  await expect(source).toContainText("depths + depths.T");
  await expect(source.locator("code span[class]").first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Groups" }).getByRole("row")).not.toHaveCount(0);
  await expect(page.getByRole("region", { name: "Graph of groups" }).locator("svg").first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Slowest tasks" }).getByRole("button")).not.toHaveCount(0);
});

test("the wheel zooms to single tasks, and the pointer is told which they are", async ({
  page,
  open,
  recorded,
}) => {
  await open(`/computations/${recorded.gauges}`);
  await drawn(page);
  await zoomOnSomething(page);
  await canvas(page).hover({ position: await somethingDrawn(canvas(page)) });
  const told = page.getByRole("tooltip");
  await expect(told).toContainText(/read_gauge|calibrate/);
  await expect(told).toContainText("Duration");
  await expect(told).toContainText("compute");
  await page.mouse.down();
  await page.mouse.up();
  await expect(page.getByRole("button", { name: "Copy key" })).toBeVisible();
  await expect(page).toHaveURL(/[?&]key=/);
  await page.reload();
  await expect(page.getByRole("button", { name: "Copy key" })).toBeVisible();
});

test("a selected range is in the address, and a link brings it back", async ({ page, open, recorded }) => {
  await open(`/computations/${recorded.tides}`);
  await drawn(page);
  const box = await canvas(page).boundingBox();
  if (!box) throw new Error("the stream has no size");
  await page.keyboard.down("Shift");
  await page.mouse.move(box.x + box.width * 0.4, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 24);
  await page.mouse.move(box.x + box.width * 0.7, box.y + 24);
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await expect(page).toHaveURL(/from=\d{16}&to=\d{16}/);
  await expect(page.getByRole("region", { name: "Selected range" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("region", { name: "Selected range" })).toBeVisible();
});

test("tasks are found by their key, and shown", async ({ page, open, recorded }) => {
  await open(`/computations/${recorded.gauges}`);
  await drawn(page);
  await page.getByLabel("Part of a task's key").fill("calibrate");
  await page.getByRole("button", { name: "Find" }).click();
  const hits = page.getByRole("button", { name: /^calibrate-/ });
  await expect(hits.first()).toBeVisible();
  await page.getByRole("list").filter({ has: hits }).first().getByRole("button").first().click();
  await expect(page.getByRole("button", { name: "Copy key" })).toBeVisible();
  await page.getByLabel("Part of a task's key").fill("no such task");
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page.getByText("No task was run whose key contains")).toBeVisible();
});

test("the stream can be used by keyboard alone", async ({ page, open, recorded }) => {
  await open(`/computations/${recorded.more_squares}`);
  await drawn(page);
  await lanes(page).focus();
  const whole = page.getByRole("button", { name: "Whole run" });
  await expect(whole).toBeDisabled();
  for (let press = 0; press < 12; ++press) await page.keyboard.press("+");
  await expect(whole).toBeEnabled();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Home");
  await expect(whole).toBeDisabled();
});

test("more than a thousand threads: all of them count", async ({ page, open, scene }) => {
  const { token, computation } = await scene.tell<{ token: string; computation: number }>("send_wide", {
    workspace: "wide",
    workers: 50,
    threads: 40,
  });
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("/timeline?") && asked.push(request.url()));
  await open(`/computations/${computation}?from=1769904000000000&to=1769904001000000`, token);
  await drawn(page);
  await expect(page.getByRole("main")).toContainText("2,000 of 2,000");
  await expect(page.getByText("50 % of 2,000")).toBeVisible();
  const selected = page.getByRole("region", { name: "Selected range" });
  await expect(selected).toContainText("threads computed 50 % of the time, and were idle 50 % of it.");
  await expect(selected).not.toContainText("Of the first");
  expect(asked.length).toBeLessThan(20);
});
