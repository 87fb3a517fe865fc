import { expect, test } from "./harness";

test("two computations of the same code, side by side", async ({ page, open, recorded }) => {
  const { squares, more_squares } = recorded;
  await open(`/compare?a=${squares}&b=${more_squares}`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const totals = page.getByRole("region", { name: "Totals" });
  await expect(totals).toContainText("400");
  await expect(totals).toContainText("1,200");
  await expect(page.getByRole("region", { name: "Computation A" })).toContainText("north-sea");
  await expect(page.getByRole("heading", { name: "Groups" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Versions and workers" })).toBeVisible();
});

test("a computation leads to the choice of the one to compare it with", async ({ page, open, recorded }) => {
  await open(`/computations/${recorded.squares}`);
  await page
    .getByRole("main")
    .getByRole("link", { name: /compare/i })
    .click();
  await expect(page).toHaveURL(`/compare?a=${recorded.squares}`);
  await page.locator(`[aria-label^="Choose computation ${recorded.more_squares}:"]`).click();
  await expect(page).toHaveURL(`/compare?a=${recorded.squares}&b=${recorded.more_squares}`);
  await expect(page.getByRole("region", { name: "Totals" })).toContainText("1,200");
});
