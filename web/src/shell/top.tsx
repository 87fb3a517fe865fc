import { useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { useLink } from "../api/changes";
import type { Workspace } from "../api/types";
import { When } from "../parts/when";
import { useTheme } from "./theme";

const kPages = [
  { path: "/", name: "Clusters", within: /^\/($|clusters|computations)/ },
  { path: "/exceptions", name: "Exceptions", within: /^\/exceptions/ },
  { path: "/compare", name: "Compare", within: /^\/compare/ },
];

export function Top({ workspace, signOut }: { workspace: Workspace; signOut: () => void }) {
  const [path] = useLocation();
  const { theme, toggle } = useTheme();
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="top">
        <Link href="/" class="brand">
          <img src="/icon.svg" alt="" />
          Pilothouse
        </Link>
        <nav aria-label="Pages">
          {kPages.map((page) => (
            <Link
              key={page.path}
              href={page.path}
              {...(page.within.test(path) && { "aria-current": "page" as const })}
            >
              {page.name}
            </Link>
          ))}
        </nav>
        <div class="who">
          <LinkState />
          <span class="whose" title={`token ${workspace.token.name}, ${workspace.role}`}>
            {workspace.user} in {workspace.name}
          </span>
          <button
            type="button"
            class="button small"
            aria-label="Dark theme"
            title={theme === "dark" ? "Go light" : "Go dark"}
            aria-pressed={theme === "dark"}
            onClick={toggle}
          >
            {theme === "dark" ? "☀" : "☾"}
          </button>
          <button type="button" class="button small" onClick={signOut}>
            Sign out
          </button>
        </div>
      </header>
      <Banner />
    </>
  );
}

function LinkState() {
  const link = useLink();
  const shown = {
    live: ["good", "live"],
    connecting: ["calm", "connecting"],
    offline: ["warn", "offline"],
  } as const;
  const [tone, word] = shown[link.state];
  return (
    <span class={`badge ${tone}`} role="status">
      <span class={`dot ${link.state === "live" ? "" : "pulse"}`} aria-hidden="true" />
      {word}
    </span>
  );
}

function Banner() {
  const link = useLink();
  const [dismissed, setDismissed] = useState<Date | null>(null);
  if (link.state === "offline") {
    return (
      <div class="banner" role="alert">
        The hub has not answered since {clock(link.since)}. What is shown is from before; this page goes on by
        itself when the hub is back.
      </div>
    );
  }
  if (link.state === "live" && link.restarted && link.restarted !== dismissed) {
    const noticed = link.restarted;
    return (
      <div class="banner calm" role="status">
        <span>The hub was restarted; noticed at {clock(noticed)}. What is shown was asked for again.</span>
        <button type="button" class="button small" onClick={() => setDismissed(noticed)}>
          Dismiss
        </button>
      </div>
    );
  }
  return null;
}

const clock = (date: Date) => <When us={date.getTime() * 1000} />;
