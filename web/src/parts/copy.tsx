import { useEffect, useState } from "preact/hooks";

// Puts a text on the clipboard and says so. Browsers have no clipboard for pages that came over plain HTTP from another
// machine: there, the text is selected by an older way.
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [told, setTold] = useState<"" | "Copied" | "Not copied">("");
  useEffect(() => {
    if (told === "") return;
    const timer = setTimeout(() => setTold(""), 2000);
    return () => clearTimeout(timer);
  }, [told]);
  const copy = async () => setTold((await toClipboard(text)) ? "Copied" : "Not copied");
  return (
    <>
      <button type="button" class="button small" aria-label={`Copy the ${what}`} onClick={copy}>
        {told || "Copy"}
      </button>
      <span class="visually-hidden" role="status">
        {told}
      </span>
    </>
  );
}

async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
