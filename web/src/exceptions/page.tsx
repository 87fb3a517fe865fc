export function ExceptionsPage() {
  return <h1>Exceptions</h1>;
}
