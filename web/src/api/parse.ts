// Marks that turn the direction of writing around: https://www.unicode.org/reports/tr9/, "Explicit Directional Embeddings,
// Overrides and Isolates". One that a recorded text does not end would turn the words that stand beside it.
const kTurns = /\\\\|\\u20(?:2[a-e]|6[6-9])|[\u202a-\u202e\u2066-\u2069]/gi;

// What JSON says, with U+FFFD where such a mark was.
export function parse<Content>(json: string): Content {
  return JSON.parse(json.replace(kTurns, (found) => (found === "\\\\" ? found : "\ufffd")));
}
