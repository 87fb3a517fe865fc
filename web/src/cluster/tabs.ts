export const kTabs = ["computations", "workers", "exceptions", "events"] as const;
export type Tab = (typeof kTabs)[number];

export function readTab(text: string | null): Tab {
  return kTabs.find((tab) => tab === text) ?? "computations";
}
