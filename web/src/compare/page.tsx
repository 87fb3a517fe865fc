import { useEffect } from "preact/hooks";
import { Link, useLocation, useSearch } from "wouter-preact";
import { useComputation } from "../api/hooks";
import { Answered } from "../parts/states";
import { Chooser } from "./chooser";
import { Comparison } from "./comparison";
import "./compare.css";

const kNumber = /^[1-9]\d{0,15}$/;

const idIn = (query: URLSearchParams, side: string): number | null => {
  const text = query.get(side) ?? "";
  return kNumber.test(text) ? Number(text) : null;
};

function addressOf(a: number | null, b: number | null): string {
  const given = Object.entries({ a, b }).filter(([, id]) => id !== null);
  return given.length > 0 ? `/compare?${given.map(([side, id]) => `${side}=${id}`).join("&")}` : "/compare";
}

export function ComparePage() {
  const query = new URLSearchParams(useSearch());
  const [, go] = useLocation();
  const a = idIn(query, "a");
  const b = idIn(query, "b");
  useEffect(() => {
    document.title =
      a !== null && b !== null
        ? `Computation ${a} and ${b} – Pilothouse`
        : "Compare computations – Pilothouse";
  }, [a, b]);

  return (
    <div class="stack">
      <div class="row spread">
        <h1>{a !== null && b !== null ? `Computation ${a} and ${b}` : "Compare two computations"}</h1>
        {(a !== null || b !== null) && (
          <div class="row">
            {a !== null && b !== null && (
              <button type="button" class="button" onClick={() => go(addressOf(b, a))}>
                Swap A and B
              </button>
            )}
            <Link class="button" href="/compare">
              Choose others
            </Link>
          </div>
        )}
      </div>
      {a !== null && b !== null ? (
        <Both a={a} b={b} />
      ) : a !== null || b !== null ? (
        <ChooseOther
          id={(a ?? b) as number}
          side={a === null ? "A" : "B"}
          choose={(id) => go(a === null ? addressOf(id, b) : addressOf(a, id))}
        />
      ) : (
        <Chooser side="A" to={null} choose={(id) => go(addressOf(id, null))} />
      )}
    </div>
  );
}

function ChooseOther(props: { id: number; side: "A" | "B"; choose: (id: number) => void }) {
  const { id, side, choose } = props;
  const asked = useComputation(id, undefined);
  return (
    <Answered asked={asked} what={`computation ${id}`}>
      {(computation) => <Chooser side={side} to={computation} choose={choose} />}
    </Answered>
  );
}

function Both({ a, b }: { a: number; b: number }) {
  const one = useComputation(a, undefined);
  const other = useComputation(b, undefined);
  return (
    <Answered asked={one} what={`computation ${a}`}>
      {(first) => (
        <Answered asked={other} what={`computation ${b}`}>
          {(second) => <Comparison a={first} b={second} />}
        </Answered>
      )}
    </Answered>
  );
}
