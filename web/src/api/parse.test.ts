import { expect, test } from "vitest";
import { parse } from "./parse";

test("nothing turns the direction of writing, however it is written", () => {
  const marks = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";
  const shown = { [`a${"\ufffd".repeat(9)}b`]: ["\ufffd".repeat(9)] };
  expect(parse(JSON.stringify({ [`a${marks}b`]: [marks] }))).toEqual(shown);
  const escaped = [...marks].map((mark) => `\\u${mark.charCodeAt(0).toString(16)}`).join("");
  expect(parse(`{"a${escaped.toUpperCase().replaceAll("\\U", "\\u")}b": ["${escaped}"]}`)).toEqual(shown);
});

test("other texts stay as they are", () => {
  const texts = ["\\u202e", "\\", "\\\\u202e", "שלום \u200f!", "\u2028\u2070\u2029", '"\n\t', "🚢"];
  expect(parse(JSON.stringify(texts))).toEqual(texts);
  expect(() => parse('{"cut')).toThrow(SyntaxError);
});
