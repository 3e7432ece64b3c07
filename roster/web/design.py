"""/design: every component once, with sample data, so that pages agree and a change of looks is seen at a glance."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from roster.web import design_samples as samples
from roster.web.sessions import public

bp = Blueprint("design", __name__, url_prefix="/design")


@bp.get("/")
@public
def show() -> ResponseReturnValue:
    """Public: it holds invented data only."""
    return render_template(
        "design.html",
        form=samples.a_form(),
        grid=samples.a_grid(),
        shifts=samples.some_shifts(),
        days=samples.some_days(),
        week=samples.an_availability(),
        turns=samples.some_turns(),
        spread=samples.a_spread(),
        run=samples.a_run(),
        run_over=samples.a_run_over(),
        subscription=samples.a_subscription(),
        people=samples.some_people(),
        tiles=samples.some_tiles(),
        crumbs=samples.some_crumbs(),
        icons=samples.icon_names(),
    )
