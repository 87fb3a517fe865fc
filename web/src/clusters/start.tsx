// Shown before anything was recorded.
export function Start() {
  return (
    <div class="card start stack">
      <h2>Nothing was recorded yet</h2>
      <p>A cluster appears here, and moves, as soon as it is recorded. From the client:</p>
      <pre>
        <code>{`import pilothouse
from distributed import Client

client = Client("tcp://scheduler:8786")
pilothouse.register(client)`}</code>
      </pre>
      <p>Or where the scheduler starts:</p>
      <pre>
        <code>dask scheduler --preload pilothouse</code>
      </pre>
      <p class="muted">
        On another machine than the hub's, <code>DASK_PILOTHOUSE__ADDRESS</code> and{" "}
        <code>DASK_PILOTHOUSE__TOKEN</code> say where the hub is and who is asking.
      </p>
    </div>
  );
}
