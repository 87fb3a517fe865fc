import { expect, test } from "./harness";

test.use({ refusalsExpected: true });

for (const path of ["/nothing", "/clusters/abc", "/computations/0", "/clusters/1/workers/2"]) {
  test(`there is no page ${path}`, async ({ page, open }) => {
    await open(path);
    await expect(page.getByRole("main")).toContainText("There is no such page");
    await page.getByRole("main").getByRole("link", { name: "All clusters" }).click();
    await expect(page).toHaveURL("/");
    await expect(page.getByRole("heading", { name: "Clusters", level: 1 })).toBeVisible();
  });
}

for (const path of [
  "/clusters/999999",
  "/computations/999999",
  "/exceptions/ffffffffffffffff",
  "/compare?a=999998&b=999999",
]) {
  test(`${path} names nothing that was recorded`, async ({ page, open }) => {
    await open(path);
    await expect(page.getByRole("main")).toContainText(/no such|not found|there is no|nothing/i);
    await expect(page.getByRole("main")).not.toContainText(/undefined|NaN/);
  });
}

test("odd values in the address are no reason to fail", async ({ page, open, recorded }) => {
  const odd = [
    `/?status=sunk&user=%00&since=never&sort=;drop`,
    `/computations/${recorded.tides}?from=abc&to=-1&key=%F0%9F%90%99`,
    `/computations/${recorded.tides}?from=9&to=3`,
    `/compare?a=${recorded.tides}&b=${recorded.tides}`,
    `/clusters/${recorded.cluster}?tab=%22%3E%3Cimg%3E`,
  ];
  for (const path of odd) {
    await open(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("main")).not.toContainText(/undefined|NaN/);
  }
});
