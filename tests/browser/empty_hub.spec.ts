import { expect, test } from "./harness";

test("a hub that has nothing yet says so, and what to do", async ({ page, open, scene }) => {
  const token = await scene.tell<string>("add_workspace", { name: "empty" });
  await open("/", token);
  await expect(page.getByRole("heading", { name: "Clusters", level: 1 })).toBeVisible();
  await expect(page.getByRole("main")).toContainText(/nothing|no clusters/i);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Exceptions" }).click();
  await expect(page).toHaveURL("/exceptions");
  await expect(page.getByRole("main")).toContainText(/nothing|no (task|exception)/i);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Compare" }).click();
  await expect(page).toHaveURL("/compare");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});
