import { expect, test } from "./harness";

const kMostBytes = 300_000;

test(`opening the pages takes at most ${kMostBytes} bytes of files`, async ({ page, open }) => {
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const addresses = new Map<string, string>();
  const sizes = new Map<string, number>();
  network.on("Network.responseReceived", ({ requestId, response }) => addresses.set(requestId, response.url));
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const path = new URL(addresses.get(requestId) ?? "data:").pathname;
    if (!path.startsWith("/api/")) sizes.set(path, encodedDataLength);
  });
  await open("/");
  await expect(page.getByRole("heading", { name: "Clusters", level: 1 })).toBeVisible();
  await page.waitForTimeout(500);
  expect([...sizes.keys()].some((path) => path.endsWith(".js"))).toBe(true);
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  test.info().annotations.push({ type: "bytes", description: String(total) });
  expect(total, JSON.stringify([...sizes])).toBeLessThanOrEqual(kMostBytes);
});
