// Python's tracebacks, taken apart. What does not look like a frame stays text, so nothing of it is lost.

export interface Frame {
  kind: "frame";
  file: string;
  line: number;
  name: string | null; // of the function
  code: string[]; // what Python printed under it, carets included
  library: boolean; // installed, or Python's own
}

export interface Text {
  kind: "text";
  text: string;
}

export type Part = Frame | Text;

const kFrame = /^( *)File "(.*)", line (\d{1,9})(?:, in (.*))?$/;
const kInstalled = /[/\\](?:site|dist)-packages[/\\]|[/\\]lib[/\\]python\d[^/\\]*[/\\]|^<frozen /i;
const kDaskItself = /[/\\](dask|distributed)[/\\]\1[/\\]/;
const kCarets = /^[\s~^]*[~^][\s~^]*$/;

export const isLibrary = (file: string): boolean => kInstalled.test(file) || kDaskItself.test(file);
export const isCarets = (line: string): boolean => kCarets.test(line);

export function parseTraceback(text: string): Part[] {
  const parts: Part[] = [];
  let frame: { to: Frame; indent: number } | null = null;
  for (const line of text.replace(/\s+$/, "").split(/\r?\n/)) {
    const found = kFrame.exec(line);
    const indent = line.length - line.trimStart().length;
    if (found) {
      const [, space = "", file = "", number = "", name] = found;
      const to: Frame = {
        kind: "frame",
        file,
        line: Number(number),
        name: name ?? null,
        code: [],
        library: isLibrary(file),
      };
      parts.push(to);
      frame = { to, indent: space.length };
    } else if (frame && (line.trim() === "" || indent > frame.indent)) {
      frame.to.code.push(line);
    } else {
      frame = null;
      addText(parts, line);
    }
  }
  for (const part of parts) if (part.kind === "frame") part.code = dedent(part.code);
  return parts.filter((part) => part.kind === "frame" || part.text.trim() !== "");
}

// As Python prints it, to paste elsewhere: what was recorded are the frames alone.
export function asPrinted(traceback: string, raised: string): string {
  const head = /^ *File "/.test(traceback) ? "Traceback (most recent call last):\n" : "";
  const frames = traceback.trimEnd();
  return `${head}${frames === "" ? "" : `${frames}\n`}${raised}\n`;
}

function addText(parts: Part[], line: string): void {
  const last = parts.at(-1);
  if (last?.kind === "text") last.text += `\n${line}`;
  else parts.push({ kind: "text", text: line });
}

function dedent(lines: string[]): string[] {
  while (lines.length > 0 && lines.at(-1)?.trim() === "") lines.pop();
  const indents = lines
    .filter((line) => line.trim() !== "" && !isCarets(line))
    .map((line) => line.length - line.trimStart().length);
  const common = indents.length > 0 ? Math.min(...indents) : 0;
  return lines.map((line) => line.slice(common).trimEnd());
}

// Frames of libraries that stand next to each other, as one; the frame that raised, and all there is when nothing else
// is there, stay on their own.
export type Shown = Part | { kind: "fold"; frames: Frame[] };

export function fold(parts: Part[]): Shown[] {
  if (!parts.some((part) => part.kind === "frame" && !part.library)) return parts;
  const shown: Shown[] = [];
  parts.forEach((part, at) => {
    const raises = part.kind === "frame" && parts[at + 1]?.kind !== "frame";
    const last = shown.at(-1);
    if (part.kind === "text" || !part.library || raises) shown.push(part);
    else if (last?.kind === "fold") last.frames.push(part);
    else shown.push({ kind: "fold", frames: [part] });
  });
  return shown;
}

// Without where packages are installed: "dask/dataframe/core.py".
export function shortFile(file: string): string {
  return (
    file
      .replace(/^.*[/\\](?:site|dist)-packages[/\\]/i, "")
      .replace(/^.*[/\\]lib[/\\]python\d[^/\\]*[/\\]/i, "") || file
  );
}

// "dask, pandas": the packages that frames are of, in their order.
export function packages(frames: Frame[]): string {
  const names = frames.map((frame) => {
    const daskItself = kDaskItself.exec(frame.file)?.[1];
    if (daskItself) return daskItself;
    if (!/[/\\](?:site|dist)-packages[/\\]/i.test(frame.file)) return "Python";
    return shortFile(frame.file).split(/[/\\]/)[0] ?? "";
  });
  return [...new Set(names)].filter((name) => name !== "").join(", ");
}
