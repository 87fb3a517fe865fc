export function FingerprintPage({ fingerprint }: { fingerprint: string }) {
  return <h1>{fingerprint}</h1>;
}
