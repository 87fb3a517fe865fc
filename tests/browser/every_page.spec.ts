import { readFileSync } from "node:fs";
import type axe from "axe-core";
import { expect, type Page, test } from "./harness";
import type { Recorded } from "./scene";

const kAxe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const kPages: Record<string, (recorded: Recorded) => string> = {
  clusters: () => "/",
  cluster: ({ cluster }) => `/clusters/${cluster}`,
  computation: ({ tides }) => `/computations/${tides}`,
  "computation that erred": ({ gauges }) => `/computations/${gauges}`,
  exceptions: () => "/exceptions",
  compare: ({ squares, more_squares }) => `/compare?a=${squares}&b=${more_squares}`,
  "no page": () => "/nothing",
};

async function settle(page: Page): Promise<void> {
  await expect(page.getByRole("main")).toBeVisible();
  await expect(page.getByText(/^Loading/)).toHaveCount(0);
}

async function problems(page: Page): Promise<string[]> {
  await page.evaluate(kAxe);
  return page.evaluate(async () => {
    const found = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`),
    );
  });
}

test.use({ refusalsExpected: true });

for (const theme of ["light", "dark"] as const) {
  test.describe(`in the ${theme} theme`, () => {
    test.use({ colorScheme: theme });

    test("the sign-in is accessible", async ({ page }) => {
      await page.goto("/sign-in");
      await expect(page.getByLabel("Token")).toBeVisible();
      expect(await problems(page)).toEqual([]);
    });

    for (const [name, path] of Object.entries(kPages)) {
      test(`${name} is accessible`, async ({ page, open, recorded }) => {
        await open(path(recorded));
        await settle(page);
        expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(theme);
        expect(await problems(page)).toEqual([]);
      });
    }
  });
}

test.describe("on a telephone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  for (const [name, path] of Object.entries(kPages)) {
    test(`${name} is no wider than the screen`, async ({ page, open, recorded }) => {
      await open(path(recorded));
      await settle(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(360);
    });
  }
});

test.describe("by keyboard alone", () => {
  test("from the list to a cluster, to a computation, and back", async ({ page, open, recorded }) => {
    await open("/");
    await settle(page);
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("main")).toBeFocused();
    await walkTo(page, `/clusters/${recorded.cluster}`);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`/clusters/${recorded.cluster}\\b`));
    await settle(page);
    await walkTo(page, `/computations/${recorded.gauges}`);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`/computations/${recorded.gauges}\\b`));
    await page.goBack();
    await expect(page).toHaveURL(new RegExp(`/clusters/${recorded.cluster}\\b`));
  });
});

// Presses Tab until a link to `path` has the focus, which must be seen to have it.
async function walkTo(page: Page, path: string): Promise<void> {
  for (let steps = 0; steps < 120; ++steps) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!(focused instanceof HTMLElement)) return null;
      const style = getComputedStyle(focused);
      return {
        path: focused instanceof HTMLAnchorElement ? new URL(focused.href).pathname : "",
        seen: style.outlineStyle !== "none" || style.boxShadow !== "none",
      };
    });
    if (at?.path === path) {
      expect(at.seen).toBe(true);
      return;
    }
  }
  throw new Error(`no link to ${path} was reached with the keyboard`);
}
