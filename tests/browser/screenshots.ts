import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, type Page, test } from "./harness";

const kPlace = path.resolve(__dirname, "../../build/screenshots");
const kSize = { width: 1280, height: 860 };

// Half as wide and high, and a tenth of the bytes: for the README.
async function takeSmall(page: Page, name: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send("Page.captureScreenshot", {
    format: "webp",
    quality: 80,
    clip: { x: 0, y: 0, ...kSize, scale: 0.5 },
  });
  mkdirSync(path.join(kPlace, "small"), { recursive: true });
  writeFileSync(path.join(kPlace, "small", `${name}.webp`), data, "base64");
}

// Not a test: takes pictures of every page in both themes, for the documentation and for eyes.
for (const theme of ["light", "dark"] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme, viewport: kSize });

    test("pictures", async ({ page, open, scene, recorded }) => {
      test.setTimeout(120_000);
      const { token, computation } = await scene.tell<{ token: string; computation: number }>("fill", {
        workspace: `pictures-${theme}`,
        clusters: 60,
        tasks: 200_000,
      });
      const exceptions = page.getByRole("main").getByRole("link", { name: "ValueError" }).first();
      const take = async (name: string) => {
        await expect(page.getByText(/^Loading/)).toHaveCount(0);
        await page.waitForTimeout(800);
        await page.screenshot({ path: path.join(kPlace, `${name}-${theme}.png`) });
        await takeSmall(page, `${name}-${theme}`);
      };
      await page.goto("/sign-in");
      await take("sign-in");
      await open("/", token);
      await take("clusters");
      await open(`/clusters/${recorded.cluster}`);
      await take("cluster");
      await open(`/computations/${computation}`, token);
      await take("computation");
      await open("/exceptions", token);
      await take("exceptions");
      await exceptions.click();
      await take("exception");
      await open(`/compare?a=${recorded.squares}&b=${recorded.more_squares}`);
      await take("compare");
    });
  });
}
