const kLeast = 0.8; // per cent: a short life is still seen

// Where a life stands within that of the cluster, in per cent.
export function lifetime(fromUs: number, toUs: number, startUs: number, endUs: number) {
  const whole = Math.max(endUs - startUs, 1);
  const share = (us: number) => Math.min(100, Math.max(0, ((us - startUs) / whole) * 100));
  const left = Math.min(share(fromUs), 100 - kLeast);
  return { left, width: Math.max(share(toUs) - left, kLeast) };
}
