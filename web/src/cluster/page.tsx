export function ClusterPage({ id }: { id: number }) {
  return <h1>{id}</h1>;
}
