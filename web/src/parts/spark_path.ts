// Paths of a sparkline in a box of `width` by `height`: nulls are gaps, a lone point is a short dash.
export function sparkPaths(values: (number | null)[], width: number, height: number) {
  const known = values.filter((value) => value !== null);
  const most = known.reduce((most, value) => Math.max(most, value), 0) || 1;
  const step = width / Math.max(values.length - 1, 1);
  const round = (value: number) => Math.round(value * 10) / 10;
  const y = (value: number) => round(height - 1 - (value / most) * (height - 2));
  let line = "";
  let area = "";
  for (let index = 0; index < values.length; index += 1) {
    if (values[index] === null) continue;
    const from = index;
    const points: string[] = [];
    for (let value = values[index]; index < values.length; value = values[++index]) {
      if (value === null || value === undefined) break;
      points.push(`${round(index * step)} ${y(value)}`);
    }
    const to = index - 1;
    const dash = points.length === 1 ? `h${round(Math.min(step, 2))}` : "";
    line += `M${points.join("L")}${dash}`;
    if (points.length > 1) {
      area += `M${round(from * step)} ${height}L${points.join("L")}L${round(to * step)} ${height}Z`;
    }
  }
  return { line, area };
}
