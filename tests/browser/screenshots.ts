import path from "node:path";
import { expect, test } from "./harness";

const kPlace = path.resolve(__dirname, "../../build/screenshots");

// Not a test: takes pictures of every page in both themes, for the documentation and for eyes.
for (const theme of ["light", "dark"] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme, viewport: { width: 1280, height: 860 } });

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
