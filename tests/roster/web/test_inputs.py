"""Fields pass on what a page says about them: what phones and password managers go by."""

import re

import pytest
from flask import Flask, get_template_attribute
from flask_babel import Babel

from roster import paths
from roster.web.forms import Form


@pytest.fixture
def app():
    app = Flask("fields", template_folder=str(paths.TEMPLATES))
    app.jinja_env.add_extension("jinja2.ext.i18n")
    Babel(app)
    return app


def drawn(app: Flask, macro: str, *given: object, **more: object) -> str:
    with app.test_request_context():
        return str(get_template_attribute("components/inputs.html", macro)(Form({}), "phone", "Phone", *given, **more))


@pytest.mark.parametrize(
    ("macro", "given", "control"),
    [("text_field", [], "input"), ("text_area", [], "textarea"), ("select_field", [[("1", "One")]], "select")],
)
def test_a_field_passes_further_words_on_to_its_control(app, macro, given, control):
    field = drawn(app, macro, *given, autocomplete="tel", hx_get="/found", spellcheck=False)

    tag = re.search(rf"<{control}\b[^>]*>", field).group()
    assert 'autocomplete="tel"' in tag
    assert 'hx-get="/found"' in tag
    assert "spellcheck" not in tag


def test_a_least_number_of_nothing_is_passed_on_too(app):
    assert 'min="0"' in drawn(app, "text_field", type="number", min=0)
