import { useMemo } from "preact/hooks";
import { sparkPaths } from "./spark_path";

const kWidth = 110;
const kHeight = 26;

// A line without axes. `label` says in words what it shows.
export function Spark({ values, label }: { values: (number | null)[]; label: string }) {
  const { line, area } = useMemo(() => sparkPaths(values, kWidth, kHeight), [values]);
  return (
    <svg class="spark" viewBox={`0 0 ${kWidth} ${kHeight}`} role="img" aria-label={label}>
      <title>{label}</title>
      <path class="area" d={area} />
      <path class="line" d={line} />
    </svg>
  );
}
