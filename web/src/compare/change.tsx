import { deltaText, type Kind, ratioText, type Verdict } from "./figures";

export function Change(props: { a: number | null; b: number | null; kind: Kind; matters: Verdict }) {
  const { a, b, kind, matters } = props;
  return (
    <span class={`change ${matters ?? ""}`}>
      {deltaText(a, b, kind)} <span class="ratio">{kind === "share" ? "" : ratioText(a, b)}</span>
      {matters && <span class="visually-hidden">, {matters}</span>}
    </span>
  );
}
