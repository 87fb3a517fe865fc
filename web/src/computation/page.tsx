export function ComputationPage({ id }: { id: number }) {
  return <h1>{id}</h1>;
}
