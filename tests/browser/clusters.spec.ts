import { expect, test } from "./harness";

const kMany = 2_000;

test("filters are in the address, and a link brings them back", async ({ page, open, recorded }) => {
  await open("/");
  const north = page.locator(`a[href="/clusters/${recorded.cluster}"]`).first();
  await expect(north).toBeVisible();
  await page.getByLabel("Status").selectOption("running");
  await expect(page).toHaveURL(/\?status=running/);
  await expect(north).toHaveCount(0);
  await page.getByLabel("Status").selectOption("stopped");
  await expect(north).toBeVisible();
  await page.getByLabel("Search").fill("north");
  await expect(page).toHaveURL(/text=north/);
  await page.reload();
  await expect(page.getByLabel("Search")).toHaveValue("north");
  await expect(page.getByLabel("Status")).toHaveValue("stopped");
  await expect(north).toBeVisible();
  await page.getByLabel("Search").fill("no such cluster");
  await expect(page.getByText("No cluster matches these filters.")).toBeVisible();
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await expect(page).toHaveURL("/");
  await expect(north).toBeVisible();
});

test("a list without end: all of the clusters can be reached, few of them are in the page", async ({
  page,
  open,
  scene,
}) => {
  test.setTimeout(90_000);
  const { token } = await scene.tell<{ token: string }>("fill", { workspace: "many", clusters: kMany });
  await open("/", token);
  const links = page.locator("a[href^='/clusters/']");
  await expect(links.first()).toBeVisible();
  await page.mouse.move(600, 500);
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, 6_000);
      return page.evaluate(() => document.documentElement.scrollHeight);
    })
    .toBeGreaterThan(10_000);
  await expect(links.first()).toBeVisible();
  expect(await links.count()).toBeLessThan(400);
  await page.getByLabel("Search").fill("baltic-1");
  await expect(page).toHaveURL(/text=baltic-1/);
  await expect(links.first()).toContainText("baltic-1");
});

test.describe("where it is half past five when it is midnight in UTC", () => {
  test.use({ timezoneId: "Asia/Kolkata", locale: "en-US" });

  test("times are those of the viewer, and UTC is told on hover", async ({ page, open, scene }) => {
    const { token, computation } = await scene.tell<{ token: string; computation: number }>("send_wide", {
      workspace: "kolkata",
      workers: 1,
      threads: 2,
    });
    for (const path of ["/", `/computations/${computation}`]) {
      await open(path, token);
      const start = page.getByRole("main").getByRole("time").first();
      await expect(start).toHaveText(/^2026-02-01 05:30(:00)?$/);
      await expect(start).toHaveAttribute("title", "2026-02-01 00:00:00.000 UTC");
      await expect(start).toHaveAttribute("datetime", "2026-02-01T00:00:00.000Z");
    }
  });
});
