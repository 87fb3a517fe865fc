import { colours } from "./canvas";
import { expect, type Page, test } from "./harness";

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

test("a worker that is killed is counted as lost", async ({ page, open, scene }) => {
  await open(`/clusters/${cluster}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("baltic");
  await scene.tell("kill_worker");
  await expect(page.getByRole("main")).toContainText(/1 lost|lost 1/i);
});

test("a failure is on the page of exceptions at once", async ({ page, open, scene }) => {
  await open("/exceptions");
  const frozen = page.getByRole("row").filter({ hasText: "is frozen" });
  await expect(frozen).toHaveCount(1);
  const before = await frozen.textContent();
  await scene.tell("fail");
  await expect.poll(() => frozen.textContent()).not.toBe(before);
  await expect(frozen).toContainText("grace");
});

test("Close asks first, and then shows how far it has come", async ({ page, open }) => {
  await open("/");
  await page.getByRole("button", { name: "Close cluster baltic" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Close cluster baltic?");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toHaveCount(0);
  await page.getByRole("button", { name: "Close cluster baltic" }).click();
  await dialog.getByRole("button", { name: "Close the cluster" }).click();
  const stages = dialog.getByRole("listitem");
  await expect(stages).toHaveText([/^✓?requested/, /^✓?acknowledged/, /^✓?observed/]);
  await expect(dialog.locator("li.reached")).toHaveCount(3, { timeout: 20_000 });
  await expect(dialog).toContainText("baltic has stopped");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("row").filter({ hasText: "baltic" })).toContainText("stopped");
});

test("who may only read is offered no Close", async ({ page, open, scene }) => {
  await scene.tell("start_live", { name: "aegean", workers: 1 });
  const guest = await scene.tell<{ token: string }>("add_token", { scopes: "read" });
  await open("/", guest.token);
  await expect(page.getByRole("link", { name: "aegean" }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^Close/ })).toHaveCount(0);
  await scene.tell("stop_live", { name: "aegean" });
  await expect(page.getByRole("row").filter({ hasText: "aegean" })).toContainText("stopped");
});

test.describe("where Close is refused, or comes too late", () => {
  test.use({ refusalsExpected: true });

  const ask = async (page: Page) => {
    await page.getByRole("button", { name: "Close cluster adriatic" }).click();
    return page.getByRole("dialog");
  };

  test("who may close his own clusters only is told so", async ({ page, open, scene }) => {
    await scene.tell("start_live", { name: "adriatic", workers: 1 });
    const guest = await scene.tell<{ token: string }>("add_token", { scopes: "read,control" });
    await open("/", guest.token);
    const dialog = await ask(page);
    await dialog.getByRole("button", { name: "Close the cluster" }).click();
    await expect(dialog.getByRole("alert")).toContainText("not recorded with a token of yours");
    await expect(dialog).toContainText("Close cluster adriatic?");
  });

  test("a cluster that has stopped meanwhile is said to have", async ({ page, open, scene }) => {
    await page.route("**/api/v1/changes", (route) => route.abort("connectionrefused"));
    await open("/");
    const asked = page.waitForResponse(/\/clusters\/\d+$/); // or the dialog knows already that it stopped
    const dialog = await ask(page);
    await asked;
    await scene.tell("stop_live", { name: "adriatic" });
    await dialog.getByRole("button", { name: "Close the cluster" }).click();
    await expect(dialog).toContainText("adriatic has stopped");
    await expect(dialog).toContainText("It stopped before it was asked to.");
    await expect(dialog.getByRole("alert")).toHaveCount(0);
    await expect(dialog.getByRole("button")).toHaveText(["Done"]);
  });
});
