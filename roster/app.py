"""create_app: settings, extensions, blueprints, error pages; no logic.

OR-Tools is never loaded here: it takes three seconds and 107 MB, and only workers solve.
"""

from flask import Flask
from jinja2 import StrictUndefined

from roster import config, paths
from roster.extensions import babel, csrf, db, limiter, login_manager
from roster.feeds import routes as feed_routes
from roster.web import (
    accounts,
    answers,
    assets,
    attendance,
    audit,
    beginning,
    beneath,
    board,
    center,
    context,
    demand,
    design,
    devices,
    doors,
    errors,
    feeds,
    guardians,
    handouts,
    headers,
    health,
    holidays,
    home,
    ids,
    imports,
    inbox,
    installed,
    invitations,
    links,
    locale,
    me,
    messages,
    organisation,
    people,
    personal_data,
    places,
    preferences,
    programmes,
    proxies,
    qualifications,
    repairs,
    roles,
    rosters,
    rounds,
    sessions,
    shared_tries,
    shifts,
    shortages,
    sites,
    teams,
    timetables,
    turns,
    units,
    whatifs,
)


def create_app(settings: config.Settings | None = None) -> Flask:
    """The WSGI application. Without settings they are read from the environment."""
    settings = settings or config.from_environment()
    app = Flask("roster", template_folder=str(paths.TEMPLATES), static_folder=None)
    app.config.from_mapping(_flask_config(settings))
    app.extensions["settings"] = settings
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}

    db.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    babel.init_app(app, locale_selector=locale.current_locale, timezone_selector=locale.current_timezone)
    sessions.init_app(app, login_manager)

    for module in (assets, proxies, ids, context, errors, headers, organisation):
        module.init_app(app)
    _register_blueprints(app)
    feed_routes.init_app(app)
    if settings.broker_url:
        from roster.worker import celery  # an extra; without a broker it need not be installed

        celery.announce_after_commit(db.session, settings)
    return app


def _flask_config(settings: config.Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SESSION_COOKIE_NAME": "roster",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        # Or a slow answer would bring back the session as it was before: a notice lost, or who signed out signed in.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "MAX_CONTENT_LENGTH": 6 * 1024 * 1024,  # a timetable of 5 MB and the form around it
        "BABEL_DEFAULT_LOCALE": "vi",
        "BABEL_TRANSLATION_DIRECTORIES": str(paths.TRANSLATIONS),
        "RATELIMIT_ENABLED": settings.rate_limits,
        "RATELIMIT_STORAGE_URI": shared_tries.ADDRESS,
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _register_blueprints(app: Flask) -> None:
    """Every blueprint of the service, in the order a reader meets them."""
    modules = (
        home,
        accounts,
        personal_data,
        guardians,
        links,
        answers,
        preferences,
        health,
        installed,
        design,
        me,
        timetables,
        turns,
        inbox,
        messages,
        devices,
        rounds,
        handouts,
        feeds,
        center,
        attendance,
        rosters,
        beginning,
        beneath,
        board,
        places,
        repairs,
        shortages,
        whatifs,
        sites,
        demand,
        shifts,
        people,
        imports,
        invitations,
        doors,
        teams,
        units,
        programmes,
        qualifications,
        roles,
        holidays,
        audit,
    )
    for module in modules:
        app.register_blueprint(module.bp)
