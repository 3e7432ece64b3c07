"""People from a spreadsheet: upload, say what the columns hold, look at what would happen, confirm, watch, stop."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from roster import access
from roster.extensions import db
from roster.imports import columns, people, workbook
from roster.imports.columns import FIELDS, Layout
from roster.imports.review import Fate, Review, Verdict
from roster.imports.sheets import Cells
from roster.models import ImportState, PeopleImport
from roster.queries import imports as queries
from roster.queries import units as unit_queries
from roster.services import imports, units
from roster.web import forms, import_words, sessions
from roster.web.clock import utc_now
from roster.web.downloads import attachment
from roster.web.ids import row_id
from roster.web.sessions import current_account

bp = Blueprint("imports", __name__, url_prefix="/people/imports")
bp.before_request(sessions.planners_only)

SHOWN = 60  # rows of each kind on the page; the rest is counted
UNITS_SHOWN = 8
HEADER_CHOICES = 20
SAMPLES = 3
NO_HEADER = "none"


@bp.get("/")
def index() -> ResponseReturnValue:
    return _upload_page(forms.Form({"unit_id": request.args.get("unit_id", "")}))


@bp.post("/")
def upload() -> ResponseReturnValue:
    unit = units.get(db.session, request.form.get("unit_id", type=row_id))
    sent = request.files.get("file")
    data, name = (sent.read(), sent.filename or "") if sent else (b"", "")
    kept = forms.submitted(lambda: people.upload(db.session, unit, data, name, by=current_account(), now=utc_now()))
    if kept.result is None:
        return _upload_page(kept.form), 422
    db.session.commit()
    return redirect(url_for(".show", import_id=kept.result.id), code=303)


@bp.get("/template.xlsx")
def template() -> ResponseReturnValue:
    """A list to fill in, with the columns we know best and two people who show how."""
    names = [str(import_words.FIELDS[name]) for name in FIELDS if name != "given_name"]
    rows = [
        ["Nguyễn Thị Lan", "0912 345 678", "lan@example.org", "05/03/2005", "", "Tổ công nghệ số", ""],
        ["Trần Văn Đức", "0987 654 321", "", "21/11/2008", "", "Tổ công nghệ số", ""],
    ]
    return _workbook(_("people"), names, rows)


@bp.get("/<int:import_id>")
def show(import_id: int) -> ResponseReturnValue:
    found = imports.get(db.session, import_id, by=current_account())
    if found.state is ImportState.OPEN:
        return _review_page(found, forms.Form())
    return render_template("imports/result.html", found=found, result=_result(found))


@bp.post("/<int:import_id>/columns")
def arrange(import_id: int) -> ResponseReturnValue:
    found = imports.get(db.session, import_id, by=current_account())
    layout = _typed_layout(found)
    arranged = forms.submitted(
        lambda: imports.arrange(
            db.session, import_id, header_row=layout.header_row, columns=layout.columns, by=current_account()
        )
    )
    if arranged.result is None:
        return _review_page(imports.get(db.session, import_id, by=current_account()), arranged.form), 422
    db.session.commit()
    return redirect(url_for(".show", import_id=import_id), code=303)


@bp.post("/<int:import_id>/units")
def add_units(import_id: int) -> ResponseReturnValue:
    """Rows name branches that nobody has set up yet: whoever administers the unit adds them all at once."""
    added = people.add_unknown_units(db.session, import_id, by=current_account(), now=utc_now())
    db.session.commit()
    flash(ngettext("One branch has been added.", "%(num)s branches have been added.", added), "success")
    return redirect(url_for(".show", import_id=import_id), code=303)


@bp.post("/<int:import_id>/confirm")
def confirm(import_id: int) -> ResponseReturnValue:
    rows = request.form.get("rows", 0, type=row_id)
    imports.confirm(db.session, import_id, rows=rows, by=current_account(), now=utc_now())
    db.session.commit()
    return redirect(url_for(".show", import_id=import_id), code=303)


@bp.get("/<int:import_id>/progress")
def progress(import_id: int) -> ResponseReturnValue:
    """The part of the page that asks for itself again; the last answer loads the whole page."""
    found = imports.get(db.session, import_id, by=current_account())
    headers = {} if found.state.is_under_way else {"HX-Refresh": "true"}
    return render_template("imports/_progress.html", found=found, result=_result(found)), 200, headers


@bp.post("/<int:import_id>/cancel")
def cancel(import_id: int) -> ResponseReturnValue:
    imports.cancel(db.session, import_id, by=current_account(), now=utc_now())
    db.session.commit()
    return redirect(url_for(".show", import_id=import_id), code=303)


@bp.post("/<int:import_id>/drop")
def drop(import_id: int) -> ResponseReturnValue:
    imports.drop(db.session, import_id, by=current_account())
    db.session.commit()
    flash(_("Thrown away. Nobody was changed."), "success")
    return redirect(url_for(".index"), code=303)


@bp.get("/<int:import_id>/faulty.xlsx")
def faulty(import_id: int) -> ResponseReturnValue:
    """The rows that need mending, each with what is wrong: mend them there and bring in that file."""
    found = imports.get(db.session, import_id, by=current_account())
    if found.state is not ImportState.OPEN:
        header = [_("Row"), str(import_words.FIELDS["full_name"]), _("What is wrong")]
        kept = found.report.get("bad_rows", ())
        rows = [[str(one["row"]), one["name"], "; ".join(import_words.kept_problems(one["problems"]))] for one in kept]
        return _workbook(_("rows to mend"), header, rows)
    cells, header_row, first = people.cells_of(found), found.header_row, found.first_row
    review = people.reviewed(db.session, found, by=current_account(), now=utc_now())
    header = list(cells[header_row]) if header_row is not None else [""] * (len(cells[0]) if cells else 0)
    rows = [[*cells[one.row.number - first], "; ".join(import_words.problems(one))] for one in review.of(Fate.BAD)]
    return _workbook(_("rows to mend"), [*header, _("What is wrong")], rows)


def _upload_page(form: forms.Form) -> str:
    choices = unit_queries.choices(db.session, current_account())
    return render_template(
        "imports/index.html",
        form=form,
        units=choices,
        recent=queries.recent(db.session, current_account()),
        states=import_words.STATES,
    )


def _review_page(found: PeopleImport, form: forms.Form) -> str:
    import_id, cells, layout = found.id, people.cells_of(found), Layout(found.header_row, tuple(found.columns))
    review = people.reviewed(db.session, found, by=current_account(), now=utc_now())
    found = imports.get(db.session, import_id, by=current_account())  # anew: the review ended the transaction
    return render_template(
        "imports/show.html",
        found=found,
        form=form,
        tiles=_tiles(review.counts),
        coming=review.counts["new"] + review.counts["updated"],
        rows=len(review.verdicts),
        bad=review.counts["bad"],
        names_known="full_name" in layout.columns,
        bad_rows=[(one.row.number, one.row.full_name, import_words.problems(one)) for one in _first_bad(review)],
        more_bad=max(0, review.counts["bad"] - SHOWN),
        changing=[_drawn(one) for one in _first_changing(review)],
        more_changing=max(0, review.counts["new"] + review.counts["updated"] - SHOWN),
        new_teams=review.new_teams,
        unknown_units=review.unknown_units,
        unit_lines=_unit_lines(review),
        may_add_units=access.may_administer(current_account(), found.unit),
        without_units={
            "header_row": NO_HEADER if layout.header_row is None else layout.header_row,
            **{f"column-{place}": "" if name == "unit" else name for place, name in enumerate(layout.columns)},
        },
        skipped=review.skipped[:SHOWN],
        columns=_drawn_columns(cells, layout),
        header_choices=_header_choices(cells, found.first_row),
        fields=[("", _("not read")), *import_words.FIELDS.items()],
        no_header=NO_HEADER,
    )


def _first_bad(review: Review) -> list[Verdict]:
    """Those to mend as they stand in the file; of too many first mistakes of their own, which rows that wait bury."""
    bad = review.of(Fate.BAD)
    return bad if len(bad) <= SHOWN else sorted(bad, key=lambda verdict: verdict.waits)[:SHOWN]


def _first_changing(review: Review) -> list[Verdict]:
    """Some of those who change: possible slips first, then updates, because they change what somebody once wrote."""
    changing = [*review.of(Fate.UPDATED), *review.of(Fate.NEW)]
    return sorted(changing, key=lambda verdict: not import_words.doubts(verdict))[:SHOWN]


def _unit_lines(review: Review) -> list[str]:
    """ "Chi đoàn K45A (67 rows)"."""
    return [
        ngettext("%(name)s (one row)", "%(name)s (%(num)s rows)", rows, name=name)
        for name, rows in list(review.unknown_units.items())[:UNITS_SHOWN]
    ]


def _drawn(verdict: Verdict) -> dict[str, Any]:
    new = verdict.fate is Fate.NEW
    return {
        "row": verdict.row.number,
        "name": verdict.row.full_name,
        "unit": verdict.unit.name,
        "new": new,
        "doubts": import_words.doubts(verdict),
        "points": import_words.details(verdict) if new else import_words.changes(verdict.changes),
    }


def _drawn_columns(cells: Cells, layout: Layout) -> list[dict[str, Any]]:
    below = cells[0 if layout.header_row is None else layout.header_row + 1 :]
    drawn = []
    for place, field in enumerate(layout.columns):
        label = cells[layout.header_row][place] if layout.header_row is not None else ""
        samples = [row[place] for row in below if row[place]][:SAMPLES]
        if label or samples:
            drawn.append({"place": place, "label": label, "field": field, "samples": ", ".join(samples)})
    return drawn


def _header_choices(cells: Cells, first_row: int) -> list[tuple[str, str]]:
    """The first lines that hold something, each by its number in the spreadsheet and what stands in it."""
    filled = [(number, row) for number, row in enumerate(cells[: HEADER_CHOICES * 2]) if any(row)]
    return [
        (str(number), f"{number + first_row}: {' · '.join(filter(None, row))[:80]}")
        for number, row in filled[:HEADER_CHOICES]
    ]


def _typed_layout(found: PeopleImport) -> Layout:
    """Another header row means other names of columns, so then they are read anew; else what was chosen for each."""
    cells, typed = people.cells_of(found), request.form.get("header_row", "")
    header_row = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else None
    if header_row != found.header_row:
        return columns.at(cells, header_row)
    chosen = [request.form.get(f"column-{place}", "") for place in range(len(found.columns))]
    return Layout(header_row, tuple(name if name in FIELDS else "" for name in chosen))


def _tiles(counts: Any) -> list[dict[str, Any]]:
    return [
        {"label": _("New people"), "value": counts.get("new", 0)},
        {"label": _("People updated"), "value": counts.get("updated", 0)},
        {"label": _("Unchanged"), "value": counts.get("same", 0)},
        {
            "label": _("Rows to mend"),
            "value": counts.get("bad", 0),
            "tone": "short" if counts.get("bad", 0) else "good",
        },
    ]


def _result(found: PeopleImport) -> dict[str, Any]:
    status, words = import_words.STATES[found.state]
    kept = found.report.get("bad_rows", ())
    if kept and found.state is ImportState.DONE:
        words = ngettext("Everybody is in but one row.", "Everybody is in but %(num)s rows.", len(kept))
    return {
        "status": status,
        "words": str(words),
        "under_way": found.state.is_under_way,
        "stopping": bool(found.job and found.job.cancel_requested),
        "percent": round(100 * found.rows_done / found.rows) if found.rows else None,
        "counted": ngettext("%(done)s of one row", "%(done)s of %(num)s rows", found.rows, done=found.rows_done),
        "tiles": _tiles(found.report),
        "bad_rows": [(one["row"], one["name"], import_words.kept_problems(one["problems"])) for one in kept[:SHOWN]],
        "more_bad": max(0, len(kept) - SHOWN),
        "skipped": found.report.get("skipped", ()),
    }


def _workbook(name: str, header: list[str], rows: list[list[str]]) -> Response:
    return attachment(workbook.write(name, header, rows), workbook.MIME, f"{name}.xlsx")
