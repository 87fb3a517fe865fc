import { expect, test } from "./harness";

test("what failed, counted by cause, and one click from there to the computation", async ({
  page,
  open,
  recorded,
}) => {
  await open("/exceptions");
  const frozen = page.getByRole("row").filter({ hasText: "is frozen" });
  await expect(frozen).toHaveCount(1);
  await expect(frozen).toContainText("ValueError");
  await expect(frozen).toContainText("ada");
  await expect(page.getByRole("row").filter({ hasText: "KeyError" })).toHaveCount(1);
  const types = page.getByRole("table").getByRole("link");
  await page.getByRole("button", { name: "Exception" }).click();
  await expect(types.first()).toHaveText("KeyError");
  await page.getByRole("button", { name: "Exception" }).click();
  await expect(types.last()).toHaveText("KeyError");
  await frozen.getByRole("link", { name: "ValueError" }).click();
  await expect(page).toHaveURL(/\/exceptions\/[^/]+$/);
  await expect(page.getByRole("heading", { name: "ValueError", level: 1 })).toBeVisible();
  await expect(page.getByRole("region", { name: "Traceback" })).toContainText("read_gauge");
  await page
    .getByRole("link", { name: `Computation ${recorded.gauges}` })
    .first()
    .click();
  await expect(page).toHaveURL(new RegExp(`/computations/${recorded.gauges}\\?key=read_gauge`));
  await expect(page.getByRole("region", { name: "Task stream", exact: true })).toBeVisible();
});

test("a traceback is copied as Python prints it", async ({ page, open, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open("/exceptions");
  await page
    .getByRole("row")
    .filter({ hasText: "is frozen" })
    .getByRole("link", { name: "ValueError" })
    .click();
  const copy = page.getByRole("button", { name: "Copy the traceback" });
  await copy.click();
  await expect(copy).toHaveText("Copied");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^Traceback \(most recent call last\):\n {2}File "/);
  expect(copied).toMatch(/\nValueError: .*is frozen.*\n$/);
});

test("they can be narrowed down, and the address says to what", async ({ page, open, recorded }) => {
  await open(`/exceptions?cluster_id=${recorded.cluster}&type=KeyError`);
  await expect(page.getByRole("row").filter({ hasText: "KeyError" })).toHaveCount(1);
  await expect(page.getByRole("row").filter({ hasText: "ValueError" })).toHaveCount(0);
  await page.getByLabel("Type").fill("ValueError");
  await expect(page).toHaveURL(/type=ValueError/);
  await expect(page.getByRole("row").filter({ hasText: "is frozen" })).toHaveCount(1);
  await page.getByLabel("Text").fill("  no such text ");
  await expect(page).toHaveURL(/text=no\+such\+text/);
  await expect(page.getByRole("row")).toHaveCount(0);
});
