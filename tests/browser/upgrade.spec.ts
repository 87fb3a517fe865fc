import { expect, type Page, test } from "./harness";

test.use({ refusalsExpected: true });

// Another version of the hub has parts of the pages under other names. This one is asked for names that it never had.
async function loseParts(page: Page): Promise<void> {
  await page.route("**/assets/page-*.js", (route) =>
    route.continue({
      url: route
        .request()
        .url()
        .replace(/page-[^/]*$/, "page-of-before.js"),
    }),
  );
}

test("a page from before the hub was upgraded loads itself again", async ({ page, open, recorded }) => {
  await open("/");
  const cluster = page.getByRole("link", { name: "north-sea" }).first();
  await expect(cluster).toBeVisible();
  await loseParts(page);
  page.on("request", (request) => request.isNavigationRequest() && page.unrouteAll());
  await page.evaluate(() => Object.assign(window, { here: true }));
  await cluster.click();
  await expect(page.getByRole("heading", { level: 1, name: "north-sea" })).toBeVisible();
  await expect(page).toHaveURL(`/clusters/${recorded.cluster}`);
  expect(await page.evaluate(() => "here" in window)).toBe(false);
});

test("where loading it again does not help, the page says what is the matter", async ({ page, open }) => {
  await open("/");
  await expect(page.getByRole("heading", { name: "Clusters" })).toBeVisible();
  await loseParts(page);
  const loaded = page.waitForEvent("load");
  await page.getByRole("link", { name: "Exceptions" }).click();
  await loaded;
  await expect(page.getByRole("alert")).toContainText("A part of this page is missing");
  await page.unrouteAll();
  await page.getByRole("button", { name: "Load the page again" }).click();
  await expect(page.getByRole("heading", { name: "Exceptions" })).toBeVisible();
});
