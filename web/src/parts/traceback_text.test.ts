import { describe, expect, it } from "vitest";
import { asPrinted, type Frame, fold, packages, parseTraceback, shortFile } from "./traceback_text";

const kSite = "/opt/env/lib/python3.11/site-packages";
const kText = `  File "${kSite}/dask/dataframe/core.py", line 99, in apply_and_enforce
    df = func(*args, **kwargs)
         ^^^^^^^^^^^^^^^^^^^^^
  File "/home/ada/jobs.py", line 48, in <lambda>
    frame.map_partitions(lambda part: part["missing"])
                                      ~~~~^^^^^^^^^^^
  File "${kSite}/pandas/core/frame.py", line 4330, in __getitem__
    indexer = self.columns.get_loc(key)
  File "${kSite}/pandas/core/indexes/base.py", line 3823, in get_loc
    raise KeyError(key) from err
`;

describe("a traceback", () => {
  const parts = parseTraceback(kText);
  const frames = parts as Frame[];

  it("is read frame by frame", () => {
    expect(frames.map((frame) => [frame.line, frame.name, frame.library])).toEqual([
      [99, "apply_and_enforce", true],
      [48, "<lambda>", false],
      [4330, "__getitem__", true],
      [3823, "get_loc", true],
    ]);
    expect(frames[0]?.code).toEqual(["df = func(*args, **kwargs)", "     ^^^^^^^^^^^^^^^^^^^^^"]);
  });

  it("folds what is not the reader's own, but for the frame that raised", () => {
    const shown = fold(parts).map((part) => (part.kind === "fold" ? packages(part.frames) : part.kind));
    expect(shown).toEqual(["dask", "frame", "pandas", "frame"]);
  });

  it("folds nothing when all of it is of libraries", () => {
    const only = parts.filter((part) => part.kind === "frame" && part.library);
    expect(fold(only)).toEqual(only);
  });

  it("shortens where packages are", () => {
    expect(shortFile(`${kSite}/dask/core.py`)).toBe("dask/core.py");
    expect(shortFile("C:\\env\\Lib\\site-packages\\dask\\core.py")).toBe("dask\\core.py");
    expect(shortFile("/usr/lib/python3.11/json/decoder.py")).toBe("json/decoder.py");
    expect(shortFile("/home/ada/jobs.py")).toBe("/home/ada/jobs.py");
  });

  it("knows a checkout of Dask, and not a directory that is only called so", () => {
    const [checkout, own] = parseTraceback(
      'File "/src/distributed/distributed/worker.py", line 1, in run\nFile "/home/ada/dask/job.py", line 2, in run',
    ) as Frame[];
    expect([checkout?.library, own?.library]).toEqual([true, false]);
    expect(packages(checkout ? [checkout] : [])).toBe("distributed");
  });
});

describe("odd texts", () => {
  it("keep everything between and after frames", () => {
    const chained = `Traceback (most recent call last):
  File "a.py", line 1, in a
    raise ValueError(
        "two lines")
ValueError: no

The above exception was the direct cause of the following exception:

  File "b.py", line 2
    x = = 1
  [Previous line repeated 3 more times]`;
    const parts = parseTraceback(chained);
    expect(parts.map((part) => part.kind)).toEqual(["text", "frame", "text", "frame", "text"]);
    expect((parts[1] as Frame).code).toEqual(["raise ValueError(", '    "two lines")']);
    expect((parts[3] as Frame).name).toBeNull();
    expect(parts[2]).toMatchObject({ text: expect.stringContaining("direct cause") });
  });

  it.each(["", "   \n", "boom", 'File "x", line nine, in y', '  File "', "<b>x</b>\u0000\u202e"])(
    "are text, or nothing: %j",
    (text) => {
      expect(parseTraceback(text)).toEqual(text.trim() === "" ? [] : [{ kind: "text", text }]);
    },
  );

  it("take time in proportion to their length", () => {
    const long = `  File "${'", line 1'.repeat(50_000)}`;
    const many = '  File "a.py", line 1, in f\n    x\n'.repeat(20_000);
    const begun = performance.now();
    parseTraceback(long);
    expect(parseTraceback(many)).toHaveLength(20_000);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it("may quote a file within its name", () => {
    const [frame] = parseTraceback('File "odd", line 3.py", line 7, in f');
    expect(frame).toMatchObject({ file: 'odd", line 3.py', line: 7 });
  });

  it("are copied as Python prints them", () => {
    const frames = '  File "a.py", line 1, in f\n    x\n';
    const printed = `Traceback (most recent call last):\n${frames}ValueError: no\n`;
    expect(asPrinted(frames, "ValueError: no")).toBe(printed);
    expect(asPrinted("boom", "ValueError: no")).toBe("boom\nValueError: no\n");
    expect(asPrinted("", "KilledWorker")).toBe("KilledWorker\n");
  });
});
