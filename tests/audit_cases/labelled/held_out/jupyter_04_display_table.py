from html import escape

TEMPLATE = "<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def cells(values, tag="td"):
    return "".join(f"<{tag}>{escape(str(value))}</{tag}>" for value in values)


class Rows(list):
    def _repr_html_(self):
        if not self:
            return "<i>empty</i>"
        head = cells(self[0].keys(), "th")
        rows = "".join(f"<tr>{cells(row.values())}</tr>" for row in self)
        return TEMPLATE.format(head=head, rows=rows)
