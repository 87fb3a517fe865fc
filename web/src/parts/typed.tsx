import { useEffect, useRef, useState } from "preact/hooks";

const kTypingMs = 300;

// A field whose text counts when typing pauses.
export function Typed(props: {
  label: string;
  placeholder: string;
  value: string;
  change: (text: string) => void;
  options?: string[];
  field?: { current: HTMLInputElement | null };
}) {
  const { label, placeholder, value, options, field } = props;
  const [typed, setTyped] = useState(value);
  const given = useRef(value);
  const change = useRef(props.change);
  change.current = props.change;
  useEffect(() => {
    if (given.current === value) return; // it was typed here
    given.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    const text = typed.trim();
    if (text === given.current) return;
    const timer = setTimeout(() => {
      given.current = text;
      change.current(text);
    }, kTypingMs);
    return () => clearTimeout(timer);
  }, [typed]);
  const list = `${label.toLowerCase()}-options`;
  return (
    <>
      <input
        type="search"
        ref={field ?? null}
        aria-label={label}
        placeholder={placeholder}
        value={typed}
        {...(options && { list })}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {options && (
        <datalist id={list}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
    </>
  );
}
