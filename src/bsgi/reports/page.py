"""From the parts of a report to one HTML file that needs nothing around it."""

from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from bsgi.reports.wording import RESEARCH_ONLY, SIMULATED


def render_page(template: str, **parts: object) -> str:
    """A page from a template, with its style inside and every text escaped.

    Args:
        template: Name of a file in `templates/`.
        **parts: What the template shows.
    """
    environment = Environment(
        loader=PackageLoader("bsgi.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = resources.files("bsgi.reports").joinpath("templates", "style.css")
    page = environment.get_template(template).render(
        style=style.read_text(encoding="utf-8"),
        research_only=RESEARCH_ONLY,
        simulated_text=SIMULATED,
        **parts,
    )
    return page + "\n"
