import { expect, type Page, test } from "./harness";

// What is shown stays where it is while the rest of a page comes: nobody may press what was not under the pointer.

async function slowly(page: Page, answers: string): Promise<void> {
  await page.route(answers, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue();
  });
}

test("the task stream stays where it is when the overview comes", async ({ page, open, recorded }) => {
  await slowly(page, "**/timeline?*");
  await open(`/computations/${recorded.tides}`);
  const stream = page.getByRole("region", { name: /^Task stream of computation/ });
  const overview = page.getByRole("img", { name: /^Busy threads over the whole run/ });
  await expect(stream).toBeVisible();
  await expect(overview).toBeHidden();
  const before = await stream.boundingBox();
  await expect(overview).toBeVisible();
  const after = await stream.boundingBox();
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(4);
});

for (const width of [1280, 390]) {
  test(`what was recorded stays where it is when the charts come, ${width} px`, async ({
    page,
    open,
    recorded,
  }) => {
    await page.setViewportSize({ width, height: 800 });
    await slowly(page, "**/history?*");
    await open(`/clusters/${recorded.cluster}`);
    const tabs = page.getByRole("tablist", { name: "What was recorded" });
    const charts = page.getByRole("region", { name: "Over time" }).locator("canvas");
    await expect(tabs).toBeVisible();
    await expect(charts).toHaveCount(0);
    const before = await tabs.boundingBox();
    await expect(charts).toHaveCount(4);
    const after = await tabs.boundingBox();
    expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(40);
  });
}
