import { expect, type Page, test } from "./harness";

interface Stowaways {
  token: string;
  cluster: number;
  computations: [number, number];
}

const kMarkup = '<img src="/x" onerror="taken = true">';

// Is everything that was recorded shown as text, and the page no wider than the screen?
async function expectHarmless(page: Page, text = kMarkup): Promise<void> {
  await expect(page.getByText(/^Loading/)).toHaveCount(0);
  await expect(page.getByRole("main")).toContainText(text);
  const seen = await page.evaluate(() => ({
    taken: "taken" in window || "taken" in Object.prototype,
    polluted: Object.keys(Object.prototype),
    scripts: document.querySelectorAll('a[href^="javascript:" i], main script, main img[src="/x"]').length,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  expect(seen).toEqual({ taken: false, polluted: [], scripts: 0, wide: 0 });
  await expect(page.getByRole("main")).not.toContainText(/undefined|NaN|\[object|native code|\u202e/);
}

for (const width of [1280, 390]) {
  test.describe(`on a screen of ${width} pixels, texts that try to be more`, () => {
    test.use({ viewport: { width, height: 800 } });
    let found: Stowaways;

    test.beforeAll(async ({ scene }) => {
      found = await scene.tell<Stowaways>("take_stowaways", { workspace: `stowaways-${width}` });
    });

    test("stay texts in the list of clusters", async ({ page, open }) => {
      await open("/", found.token);
      await expectHarmless(page);
    });

    test("stay texts on the page of their cluster", async ({ page, open }) => {
      await open(`/clusters/${found.cluster}`, found.token);
      await expectHarmless(page);
      for (const tab of ["Workers", "Exceptions", "Events", "Computations"]) {
        await page.getByRole("tab", { name: new RegExp(tab) }).click();
        await expectHarmless(page);
      }
      await page.getByText("Versions, plugins, clients").click();
      await expectHarmless(page);
    });

    test("stay texts on the page of their computation", async ({ page, open }) => {
      await open(`/computations/${found.computations[0]}`, found.token);
      await expectHarmless(page);
      await page.getByLabel("Part of a task's key").fill("<img");
      await page.getByRole("button", { name: "Find" }).click();
      const hits = page.getByRole("list").filter({ hasText: kMarkup }).first();
      await hits.getByRole("button").first().click();
      await expect(page.getByRole("button", { name: "Copy key" })).toBeVisible();
      await expectHarmless(page);
    });

    test("stay texts among the exceptions", async ({ page, open }) => {
      await open("/exceptions", found.token);
      await expectHarmless(page);
      await page.getByRole("table").getByRole("link", { name: kMarkup }).click();
      await expect(page.getByRole("region", { name: "Traceback" })).toContainText(kMarkup);
      await expectHarmless(page);
    });

    test("stay texts in a comparison", async ({ page, open }) => {
      const [b, a] = found.computations;
      await open(`/compare?a=${a}&b=${b}`, found.token);
      await expect(page.getByRole("region", { name: "Totals" })).toBeVisible();
      await expectHarmless(page);
    });

    test("stay texts in a report", async ({ browser, scene }) => {
      const file = await scene.tell<string>("report", {
        computation: found.computations[0],
        name: `stowaways-${width}.html`,
        token: found.token,
      });
      const page = await browser.newPage({ viewport: { width, height: 800 }, offline: true });
      await page.goto(`file://${file}`);
      await expect(page.getByText(/^Report by Pilothouse/)).toBeVisible();
      await expectHarmless(page);
      await page.close();
    });
  });
}
