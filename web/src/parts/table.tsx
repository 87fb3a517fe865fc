import {
  type ColumnDef,
  getCoreRowModel,
  getSortedRowModel,
  type SortingState,
  type Row as TableRow,
  useReactTable,
} from "@tanstack/react-table";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import "./table.css";

export interface Column<Row> {
  id: string;
  title: string;
  cell: (row: Row) => ComponentChildren;
  order?: (row: Row) => number | string | undefined; // what rows are sorted by; undefined comes last
  number?: boolean; // set to the right, in figures of one width
  head?: boolean; // names its row
  about?: string; // what the title means, on hover
}

interface TableProps<Row> {
  caption: string; // for those who do not see the table
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string | number;
  sortable?: boolean; // false where only a part of the rows is loaded: sorting a part misleads
  sorted?: { id: string; desc: boolean };
  virtual?: boolean; // draws only the rows near the window; if not said, where there are many
  rowHeight?: number; // about, in pixels
  cards?: boolean; // on a narrow screen, a card for each row
}

const kMany = 100; // rows
const kNotSorted: SortingState = []; // always the same one: with another, everything is sorted again

export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, rowKey, sortable = true, cards = true } = props;
  const virtual = props.virtual ?? rows.length > kMany;
  const [sorting, setSorting] = useState<SortingState>(props.sorted ? [props.sorted] : []);
  const definitions = useMemo(() => columns.map((column) => define(column, sortable)), [columns, sortable]);
  const table = useReactTable({
    data: rows,
    columns: definitions,
    state: { sorting: sortable ? sorting : kNotSorted },
    autoResetPageIndex: false,
    onSortingChange: setSorting,
    getRowId: (row) => String(rowKey(row)),
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  const shown = table.getRowModel().rows;
  const ariaSort = { asc: "ascending", desc: "descending" } as const;
  return (
    <div class="table-frame" {...(!cards && { tabIndex: 0, role: "region", "aria-label": caption })}>
      <table class={cards ? "cards" : ""} aria-rowcount={shown.length + 1}>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr aria-rowindex={1}>
            {table.getFlatHeaders().map((header, index) => {
              const column = columns[index];
              if (!column) return null;
              const direction = header.column.getIsSorted();
              return (
                <th
                  key={column.id}
                  scope="col"
                  class={column.number ? "number" : ""}
                  title={column.about}
                  {...(direction && { "aria-sort": ariaSort[direction] })}
                >
                  {header.column.getCanSort() ? (
                    <button
                      type="button"
                      class="sort"
                      onClick={(event) => header.column.getToggleSortingHandler()?.(event)}
                    >
                      {column.title}
                      <span aria-hidden="true">
                        {direction === "asc" ? "▲" : direction === "desc" ? "▼" : ""}
                      </span>
                    </button>
                  ) : (
                    column.title
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        {virtual ? (
          <VirtualBody rows={shown} columns={columns} rowHeight={props.rowHeight ?? 44} />
        ) : (
          <tbody>
            {shown.map((row, index) => (
              <tr key={row.id} aria-rowindex={index + 2}>
                <Cells row={row.original} columns={columns} />
              </tr>
            ))}
          </tbody>
        )}
      </table>
    </div>
  );
}

function define<Row>(column: Column<Row>, sortable: boolean): ColumnDef<Row> {
  const { order } = column;
  return {
    id: column.id,
    accessorFn: order ?? (() => undefined),
    enableSorting: sortable && order !== undefined,
    sortUndefined: "last",
    sortDescFirst: column.number ?? false,
  };
}

function Cells<Row>({ row, columns }: { row: Row; columns: Column<Row>[] }) {
  return (
    <>
      {columns.map((column) =>
        column.head ? (
          <th key={column.id} scope="row">
            {column.cell(row)}
          </th>
        ) : (
          <td key={column.id} class={column.number ? "number" : ""} data-title={column.title}>
            {column.cell(row)}
          </td>
        ),
      )}
    </>
  );
}

function VirtualBody<Row>(props: { rows: TableRow<Row>[]; columns: Column<Row>[]; rowHeight: number }) {
  const { rows, columns, rowHeight } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    if (body.current) setTop(body.current.getBoundingClientRect().top + scrollY);
  }, []);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0];
  const last = items[items.length - 1];
  const before = first ? first.start - top : 0;
  const after = last ? virtualizer.getTotalSize() - (last.end - top) : 0;
  return (
    <tbody ref={body}>
      <Space height={before} columns={columns.length} />
      {items.map((item) => {
        const row = rows[item.index];
        return (
          row && (
            <tr
              key={row.id}
              ref={virtualizer.measureElement}
              data-index={item.index}
              aria-rowindex={item.index + 2}
            >
              <Cells row={row.original} columns={columns} />
            </tr>
          )
        );
      })}
      <Space height={after} columns={columns.length} />
    </tbody>
  );
}

function Space({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    <tr class="space">
      <td colSpan={columns} style={{ height: `${height}px` }} />
    </tr>
  );
}
