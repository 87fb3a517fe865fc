import { expect, test } from "./harness";

test.use({ refusalsExpected: true });

test("a hub that is stopped and started: the page says so, keeps what it has, and goes on", async ({
  page,
  open,
  scene,
  recorded,
}) => {
  await open(`/clusters/${recorded.cluster}`);
  const state = page.getByRole("banner").getByRole("status");
  await expect(state).toHaveText("live");
  await expect(page.getByText("north-sea").first()).toBeVisible();
  await expect(page.locator("canvas").first()).toBeVisible(); // all parts of the page are there
  await scene.tell("stop_hub");
  try {
    await expect(state).toHaveText("offline");
    await expect(page.getByRole("alert").filter({ hasText: "has not answered since" })).toBeVisible();
    await expect(page.getByText("north-sea").first()).toBeVisible();
  } finally {
    await scene.tell("start_hub");
  }
  await expect(state).toHaveText("live");
  await expect(page.getByText("The hub was restarted")).toBeVisible();
  await expect(page.getByText("north-sea").first()).toBeVisible();
});

test("a page that is opened while the hub is away comes when it is back", async ({
  page,
  open,
  recorded,
}) => {
  await open(`/clusters/${recorded.cluster}`);
  await expect(page.getByText("north-sea").first()).toBeVisible();
  await page.route("**/api/**", (route) => route.abort("connectionrefused"));
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("cannot be reached");
  const again = page.waitForRequest("**/api/v1/workspace");
  await page.getByRole("button", { name: "Try again" }).click();
  await again;
  await page.unroute("**/api/**");
  await expect(page.getByText("north-sea").first()).toBeVisible({ timeout: 20_000 });
});

test("while an answer is on its way, the page says what it waits for", async ({ page, open, recorded }) => {
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  await page.route(`**/api/v1/clusters/${recorded.cluster}`, async (route) => {
    await arrived;
    await route.continue();
  });
  await open(`/clusters/${recorded.cluster}`);
  await expect(page.getByText(/^Loading the cluster/)).toBeVisible();
  arrive();
  await expect(page.getByRole("heading", { level: 1, name: "north-sea" })).toBeVisible();
  await expect(page.getByText(/^Loading/)).toHaveCount(0);
});

test("what a hub that fails says is told, and asked again where one wants it", async ({ page, open }) => {
  await page.route("**/api/v1/clusters?**", (route) =>
    route.fulfill({ status: 500, json: { error: { code: "storage", message: "the disk is full" } } }),
  );
  await open("/");
  await expect(page.getByRole("alert")).toContainText("the disk is full");
  await page.unrouteAll();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("link", { name: "north-sea" }).first()).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("what could not be asked comes by itself when the hub is back", async ({ page, open, recorded }) => {
  test.setTimeout(90_000);
  const { cluster, tides, squares, more_squares } = recorded;
  const pages: [path: string, there: string][] = [
    [`/clusters/${cluster}?tab=events`, "Cuxhaven"],
    [`/computations/${tides}`, "every run"],
    [`/compare?a=${squares}&b=${more_squares}`, "Versions and workers"],
    ["/?status=stopped", "north-sea"],
  ];
  const main = page.getByRole("main");
  await open("/exceptions");
  await expect(main).toContainText("is frozen");
  for (const [path, there] of pages) {
    await page.route("**/api/**", (route) => route.abort("connectionrefused"));
    await page.evaluate((to) => history.pushState(null, "", to), path);
    await expect(main.getByRole("alert").first()).toContainText("cannot be reached");
    await page.unrouteAll();
    await expect(main).toContainText(there, { timeout: 20_000 });
    await expect(main).not.toContainText("cannot be reached", { timeout: 20_000 });
  }
});

test("so does the task stream alone", async ({ page, open, recorded }) => {
  await page.route("**/timeline?**", (route) => route.abort("connectionrefused"));
  await open(`/computations/${recorded.tides}`);
  const main = page.getByRole("main");
  await expect(main).toContainText("The hub cannot be reached.");
  await page.unrouteAll();
  await expect(page.locator(".stream-state")).toContainText("every run");
  await expect(main).not.toContainText("cannot be reached");
  await expect(page.getByRole("img", { name: /^Busy threads/ })).toBeVisible(); // the overview
});
