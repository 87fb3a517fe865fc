import type { Controller } from "./controller";
import type { Hit } from "./hit";
import { type Span, wheelFactor } from "./view";

export interface Gestures {
  hover(hit: Hit | null, x: number, y: number): void;
  click(hit: Hit | null, x: number, y: number): void;
  select(span: Span): void;
  reset(): void;
  brushing(): boolean; // whether a drag selects without Shift as well
}

const kClick = 4; // pixels that a click may move
const kNearest = 20; // pixels between two fingers that count

const apart = (a: { x: number; y: number }, b: { x: number; y: number }) =>
  Math.max(kNearest, Math.hypot(a.x - b.x, a.y - b.y));

// Wheel, mouse, fingers and keys on the task stream. Returns what takes them off again.
export function listen(element: HTMLElement, controller: Controller, gestures: Gestures): () => void {
  const fingers = new Map<number, { x: number; y: number }>();
  let press: { x: number; y: number; moved: boolean; brush: boolean; at: number } | null = null;

  const place = (event: MouseEvent) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      controller.panBy(event.deltaMode === 1 ? sideways * 16 : sideways);
    } else {
      controller.zoomAt(place(event).x, wheelFactor(event.deltaY, event.deltaMode));
    }
    gestures.hover(null, 0, 0);
  };

  const down = (event: PointerEvent) => {
    const at = place(event);
    if (event.button !== 0 || at.x > element.clientWidth) return; // the scroll bar
    fingers.set(event.pointerId, at);
    try {
      element.setPointerCapture(event.pointerId);
    } catch {
      // the pointer is gone already
    }
    const brush = event.shiftKey || gestures.brushing();
    press = fingers.size === 1 ? { ...at, moved: false, brush, at: controller.moment(at.x) } : null;
    if (!press) controller.set({ brush: null });
  };

  const move = (event: PointerEvent) => {
    const at = place(event);
    const before = fingers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") gestures.hover(controller.hit(at.x, at.y), at.x, at.y);
      return;
    }
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, at);
    if (other) {
      controller.panBy((before.x - at.x) / 2);
      controller.zoomAt((at.x + other.x) / 2, apart(before, other) / apart(at, other));
      return;
    }
    if (!press) return;
    if (!press.moved && Math.hypot(at.x - press.x, at.y - press.y) < kClick) return;
    press.moved = true;
    gestures.hover(null, 0, 0);
    if (press.brush) {
      const [from, to] = [press.at, controller.moment(at.x)].sort((a, b) => a - b) as [number, number];
      controller.set({ brush: { from, to } });
    } else {
      controller.panBy(before.x - at.x);
      if (event.pointerType !== "touch") element.scrollTop += before.y - at.y;
    }
  };

  const up = (event: PointerEvent) => {
    const at = place(event);
    if (!fingers.delete(event.pointerId)) return;
    if (!press) {
      const [left] = fingers.values(); // of two; it goes on as if alone
      if (left) press = { ...left, moved: true, brush: false, at: controller.moment(left.x) };
      return;
    }
    const { moved, brush, at: began } = press;
    press = null;
    controller.set({ brush: null });
    if (event.type === "pointercancel") return;
    if (!moved) gestures.click(controller.hit(at.x, at.y), at.x, at.y);
    else if (brush) {
      const [from, to] = [began, controller.moment(at.x)].sort((a, b) => a - b) as [number, number];
      const { bounds } = controller.answers;
      if (bounds) gestures.select({ from: Math.max(from, bounds.from), to: Math.min(to, bounds.to) });
    }
  };

  const leave = () => gestures.hover(null, 0, 0);
  const twice = (event: MouseEvent) => {
    event.preventDefault();
    gestures.reset();
  };

  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const middle = (controller.frame.left + controller.frame.right) / 2;
    const step = (controller.frame.right - controller.frame.left) / (event.shiftKey ? 2 : 10);
    const moves: Record<string, () => void> = {
      ArrowLeft: () => controller.panBy(-step),
      ArrowRight: () => controller.panBy(step),
      "+": () => controller.zoomAt(middle, 0.7),
      "=": () => controller.zoomAt(middle, 0.7),
      "-": () => controller.zoomAt(middle, 1 / 0.7),
      Home: () => gestures.reset(),
      "0": () => gestures.reset(),
      Escape: () => gestures.click(null, 0, 0),
    };
    const act = moves[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  const listening = new AbortController();
  const { signal } = listening;
  element.addEventListener("wheel", wheel, { passive: false, signal });
  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", up, { signal });
  element.addEventListener("pointerleave", leave, { signal });
  element.addEventListener("dblclick", twice, { signal });
  element.addEventListener("keydown", key, { signal });
  return () => listening.abort();
}
