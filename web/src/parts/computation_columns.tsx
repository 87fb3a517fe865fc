import type { Computation } from "../api/types";
import { Badge } from "./badge";
import type { Column } from "./table";
import { When } from "./when";

// Of every table of computations.
export const kState: Column<Computation> = {
  id: "state",
  title: "State",
  order: (one) => one.state,
  cell: (one) => <Badge status={one.state} />,
};

export const kStarted: Column<Computation> = {
  id: "start",
  title: "Started",
  order: (one) => one.start_us,
  cell: (one) => <When us={one.start_us} />,
};
