import { expect, test } from "./harness";

test("a stranger is asked for a token, and gets what he came for", async ({ page, scene, recorded }) => {
  await page.goto(`/clusters/${recorded.cluster}`);
  await expect(page.getByLabel("Token")).toBeVisible();
  await page.getByLabel("Token").fill(scene.token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`/clusters/${recorded.cluster}`);
  await expect(page.getByText("north-sea").first()).toBeVisible();
  await page.reload();
  await expect(page.getByText("north-sea").first()).toBeVisible();
});

test("a token in the fragment signs in, and leaves the address", async ({ page, open, recorded }) => {
  await open(`/clusters/${recorded.cluster}?tab=workers`);
  await expect(page).toHaveURL(`/clusters/${recorded.cluster}?tab=workers`);
  await expect(page.getByText("north-sea").first()).toBeVisible();
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Clusters" })).toBeVisible();
});

test("signing out forgets the token", async ({ page, open }) => {
  await open("/");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByLabel("Token")).toBeVisible();
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain("ph_");
  await page.reload();
  await expect(page.getByLabel("Token")).toBeVisible();
});

for (const scopes of ["ingest", "control,publish"]) {
  test(`a token for ${scopes} is told which scope it lacks, and another one is asked for`, async ({
    page,
    open,
    scene,
    recorded,
  }) => {
    const guest = await scene.tell<{ token: string }>("add_token", { scopes });
    await open(`/clusters/${recorded.cluster}`, guest.token);
    await expect(page.getByRole("alert")).toHaveText(/may not see .* lacks the scope read/);
    await expect(page.getByText("offline")).toHaveCount(0);
    await page.getByLabel("Token").fill(guest.token);
    const answered = page.waitForResponse("**/api/v1/workspace");
    await page.getByRole("button", { name: "Sign in" }).click();
    await answered;
    await expect(page.getByRole("alert")).toHaveText(/lacks the scope read/);
    await expect(page.getByLabel("Token")).toHaveValue(guest.token); // to be mended, not typed again
    await page.getByLabel("Token").fill(scene.token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("north-sea").first()).toBeVisible();
  });
}

test("a token with the scope admin alone sees everything", async ({ page, open, scene, recorded }) => {
  const guest = await scene.tell<{ token: string }>("add_token", { scopes: "admin" });
  await open(`/clusters/${recorded.cluster}`, guest.token);
  await expect(page.getByText("north-sea").first()).toBeVisible();
  await expect(page.getByRole("banner").getByRole("status")).toHaveText("live");
});

test.describe("where the hub refuses", () => {
  test.use({ refusalsExpected: true });

  test("a wrong token is said to be wrong", async ({ page, scene }) => {
    await page.goto("/");
    await page.getByLabel("Token").fill(`${scene.token.slice(0, -4)}AAAA`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toHaveText(/does not know this token/);
    await expect(page.getByLabel("Token")).toBeVisible();
  });

  test("a token that is revoked in the middle of it leads back to the sign-in", async ({
    page,
    open,
    scene,
    recorded,
  }) => {
    const guest = await scene.tell<{ user: string; token: string }>("add_token", { scopes: "read" });
    await open(`/clusters/${recorded.cluster}`, guest.token);
    await expect(page.getByText("north-sea").first()).toBeVisible();
    await scene.tell("revoke_tokens", { user: guest.user });
    await expect(page.getByLabel("Token")).toBeVisible({ timeout: 20_000 });
    await expect(page.getByRole("alert")).toHaveText(/no longer valid/);
  });
});
