"""The table of ``make bench``: a row for each goal, each a ratio of neighbours in time."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median, quantiles

HEADER = ("What", "Peer", "Peer's median", "Ours", "Ratio (middle half)", "Goal", "")


@dataclass
class Row:
    what: str
    peer: str
    peers: str
    ours: str
    ratio: str
    goal: str
    verdict: str

    def cells(self) -> tuple[str, ...]:
        return (self.what, self.peer, self.peers, self.ours, self.ratio, self.goal, self.verdict)


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


class Table:
    """Prints each row as soon as it is measured, and the whole at the end."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def pairs(
        self,
        what: str,
        peer: str,
        unit: str,
        ours: list[float],
        peers: list[float],
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        """A ratio of ours to the peer's, round by round. Without a goal it is printed for information."""
        ratios = [mine / other for mine, other in zip(ours, peers)]
        low, _, high = quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
        middle = median(ratios)
        goal, verdict = "", "(information)"
        if at_most is not None:
            goal, met = f"<= {at_most:g}", middle <= at_most
        elif at_least is not None:
            goal, met = f">= {at_least:g}", middle >= at_least
        if goal:
            verdict = "met" if met else "NOT MET"
        self._add(
            Row(
                what,
                peer,
                f"{number(median(peers))} {unit}",
                f"{number(median(ours))} {unit}",
                f"{middle:.3g} ({low:.3g} to {high:.3g})",
                goal,
                verdict,
            )
        )

    def shares(self, what: str, peer: str, ours: float, peers: float, *, above: bool = False) -> None:
        """Two shares of 1 that are no measures of time: ours is to be no lower, or above."""
        met = ours > peers if above else ours >= peers
        goal = "> peer's" if above else ">= peer's"
        cells = (f"{peers:.1%}", f"{ours:.1%}", f"{ours - peers:+.1%}", goal, "met" if met else "NOT MET")
        self._add(Row(what, peer, *cells))

    def absolute(self, what: str, unit: str, ours: list[float], at_most: float) -> None:
        verdict = "met" if median(ours) <= at_most else "NOT MET"
        self._add(
            Row(what, "-", "-", f"{number(median(ours))} {unit}", "-", f"<= {at_most:g} {unit}", verdict)
        )

    def only(self, what: str, unit: str, ours: list[float]) -> None:
        """Without a peer or a goal."""
        low, _, high = quantiles(ours, n=4) if len(ours) > 1 else ours * 3
        middle = f"({number(low)} to {number(high)})"
        self._add(Row(what, "-", "-", f"{number(median(ours))} {unit}", middle, "", "(information)"))

    def _add(self, row: Row) -> None:
        self.rows.append(row)
        print("  " + " | ".join(cell for cell in row.cells() if cell not in ("", "-")), flush=True)

    def __str__(self) -> str:
        lines = [HEADER, *(row.cells() for row in self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
        texts = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths)) + " |" for line in lines]
        return "\n".join([texts[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *texts[1:]])
