# ruff: noqa: ANN001, ANN201, D103, PTH123, S701
"""What somebody who keeps a page with cog would write, and how: a spec, a template, and nothing checked."""

import jinja2
import yaml

environment = jinja2.Environment(loader=jinja2.FileSystemLoader("."), trim_blocks=True)


def show(case, language):
    with open(f"specs/{case}.yaml", encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    return f"```{language}\n" + environment.get_template(f"{case}.{language}.j2").render(spec=spec) + "\n```"
