import { expect, test } from "./harness";

test("a cluster that is over: facts, charts, and everything that was recorded of it", async ({
  page,
  open,
  recorded,
}) => {
  await open(`/clusters/${recorded.cluster}`);
  await expect(page.getByRole("heading", { name: "north-sea", level: 1 })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("stopped");
  await expect(page.getByRole("main")).toContainText("ada");
  await expect(page.getByRole("region", { name: "Facts" })).toContainText("2 in all, 1 lost");
  await expect(page.getByRole("region", { name: "Over time" }).getByRole("img").first()).toBeVisible();
  const tabs = page.getByRole("tablist", { name: "What was recorded" });
  const panel = page.getByRole("tabpanel");
  await tabs.getByRole("tab", { name: /Computations/ }).click();
  await expect(panel.locator(`a[href="/computations/${recorded.gauges}"]`).first()).toBeVisible();
  await tabs.getByRole("tab", { name: /Workers/ }).click();
  await expect(panel.getByRole("row")).toHaveCount(3);
  await expect(panel).toContainText("lost");
  await tabs.getByRole("tab", { name: /Exceptions/ }).click();
  await expect(panel).toContainText("is frozen");
  await tabs.getByRole("tab", { name: /Events/ }).click();
  await panel.getByLabel("Topic").selectOption("tides");
  await expect(panel).toContainText("Cuxhaven");
  await page.reload();
  await expect(panel).toContainText("Cuxhaven");
});
