import { readFileSync } from "node:fs";
import type { Browser } from "@playwright/test";
import { expect, type Page, test } from "./harness";

// A report as somebody without a network sees it. Collects what it asks for, and what goes wrong.
async function openOffline(
  browser: Browser,
  file: string,
): Promise<{ page: Page; asked: string[]; wrong: string[] }> {
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  const asked: string[] = [];
  const wrong: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => wrong.push(`${error}`));
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(message.text());
  });
  await page.goto(`file://${file}`);
  await expect(page.getByText(/^Report by Pilothouse/)).toBeVisible();
  return { page, asked, wrong };
}

const state = (page: Page) => page.getByText(/threads? · /);

test("a report needs nothing but a browser", async ({ browser, scene, recorded }) => {
  const file = await scene.tell<string>("report", { computation: recorded.squares, name: "squares.html" });
  const { page, asked, wrong } = await openOffline(browser, file);
  await expect(page.getByText(/^All [\d,]+ runs are inside one by one\.$/)).toBeVisible();
  await expect(page.getByText(scene.address)).toBeVisible();
  await expect(page.getByText("north-sea").first()).toBeVisible();
  await expect(state(page)).toContainText("every run");
  await expect(page.getByRole("region", { name: "Source code", exact: true })).toBeVisible();

  await page.getByLabel("Part of a task's key").fill("square");
  await page.getByRole("button", { name: "Find" }).click();
  const hits = page.locator(".hits").first().getByRole("button");
  await expect(hits.first()).toBeVisible();
  await hits.first().click();
  await expect(page.locator(".stream-tip")).toContainText("square");

  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.getByRole("button", { name: "Whole run" }).click();
  expect(asked).toEqual([`file://${file}`]);
  expect(wrong).toEqual([]);
  expect(readFileSync(file, "utf8")).not.toContain(scene.token);
  await page.context().close();
});

test("a report refuses to ask anybody", async ({ browser, scene, recorded }) => {
  const file = await scene.tell<string>("report", { computation: recorded.tides, name: "tides.html" });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`file://${file}`);
  await expect(page.getByText(/^Report by Pilothouse/)).toBeVisible();
  const reached = await page.evaluate(async (address) => {
    const answer = await fetch(`${address}/from-report`, { mode: "no-cors" }).then(
      () => "fetched",
      () => "refused",
    );
    const image = await new Promise((resolve) => {
      const picture = new Image();
      picture.onload = picture.onerror = (event) => resolve(typeof event === "string" ? event : event.type);
      picture.src = `${address}/from-report.svg`;
    });
    const script = document.createElement("script");
    script.textContent = "document.title = 'taken over'";
    document.body.append(script);
    return [answer, image, document.title];
  }, scene.address);
  expect(reached).toEqual(["refused", "error", expect.not.stringContaining("taken over")]);
  expect(await scene.tell("took", { part: "from-report" })).toEqual([]);
  await context.close();
});
