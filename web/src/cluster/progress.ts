import type { TaskCounts } from "../api/types";
import { count } from "../format/number";

// Shares of tasks that are over, in per cent. What was released has been computed before.
export function progress(tasks: TaskCounts) {
  const failed = tasks.erred + tasks.blamed;
  const whole = Math.max(tasks.total, 1);
  const waiting = tasks.waiting + tasks.queued + tasks.processing + tasks.no_worker;
  const done = Math.max(0, tasks.total - failed - waiting);
  return {
    done: (done / whole) * 100,
    failed: (Math.min(failed, whole) / whole) * 100,
    label: `${count(done)} of ${count(tasks.total)} tasks done${failed > 0 ? `, ${count(failed)} failed` : ""}`,
  };
}
