import { test as base, expect, type Page, type Request } from "@playwright/test";
import { type Recorded, Scene } from "./scene";

export type { Page, Request };
export { expect };

interface PerTest {
  open: (path: string, token?: string) => Promise<void>;
  refusalsExpected: boolean;
}

interface PerWorker {
  scene: Scene;
  recorded: Recorded;
}

// Of a page: what no test may see. Requests to anywhere but the hub, what the security policy forbids, errors.
function watch(page: Page, hub: string, refusalsExpected: boolean): string[] {
  const wrong: string[] = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    const local = url.origin === hub || url.protocol === "data:" || url.protocol === "blob:";
    if (!local) wrong.push(`a request to ${url.origin}`);
  });
  page.on("pageerror", (error) => wrong.push(`${error}\n${error.stack}`));
  page.on("console", (message) => {
    const refused = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !(refused && refusalsExpected)) {
      wrong.push(`console: ${message.text()} ${message.location().url}`);
    }
  });
  return wrong;
}

export const test = base.extend<PerTest, PerWorker>({
  scene: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it what this depends on
    async ({}, use) => {
      const scene = await Scene.start();
      try {
        await use(scene);
      } finally {
        await scene.end();
      }
    },
    { scope: "worker", timeout: 120_000 },
  ],
  recorded: [
    async ({ scene }, use) => use(await scene.tell<Recorded>("record")),
    { scope: "worker", timeout: 120_000 },
  ],

  // Does the test make the hub refuse something, or stop it?
  refusalsExpected: [false, { option: true }],
  baseURL: async ({ scene }, use) => use(scene.address),
  page: async ({ page, scene, refusalsExpected }, use) => {
    const wrong = watch(page, scene.address, refusalsExpected);
    await use(page);
    expect(wrong).toEqual([]);
  },

  // A page of the hub, signed in.
  open: async ({ page, scene }, use) =>
    use(async (path, token = scene.token) => {
      await page.goto(`${path}#token=${token}`);
    }),
});
