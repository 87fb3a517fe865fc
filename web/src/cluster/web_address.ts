// Whether a link may lead there: what clusters say of themselves is not to be trusted.
export function isWebAddress(text: string | null): text is string {
  return text !== null && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
