import jinja2

environment = jinja2.Environment(
    loader=jinja2.PackageLoader("reporter", "templates"),
    autoescape=jinja2.select_autoescape(),
    undefined=jinja2.StrictUndefined,
)
environment.filters["percent"] = lambda value: f"{100 * value:.1f} %"


def report(results):
    template = environment.get_template("report.html")
    return template.render(results=results, count=len(results))
