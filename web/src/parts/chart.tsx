import { lazy, Suspense } from "preact/compat";
import type { PlotProps } from "./plot";

const Plot = lazy(() => import("./plot").then((plot) => plot.Plot));

// A chart over time. What draws it comes with the first chart that is shown.
export function Chart(props: PlotProps) {
  return (
    <Suspense fallback={<div class="chart-space" />}>
      <Plot {...props} />
    </Suspense>
  );
}
