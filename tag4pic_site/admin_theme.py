"""The look of the admin: django-unfold's settings, the colours of the public pages, and a sidebar ordered by task."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _may(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)


def _is_administrator(request: HttpRequest) -> bool:
    from corpus.permissions import is_administrator  # settings are read before models can be

    return is_administrator(request.user)


def _static(path: str) -> Callable[[HttpRequest], str]:
    return lambda request: static(path)


def _page(title: Any, icon: str, name: str, permission: Callable[[HttpRequest], bool], **more: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}"), "permission": permission, **more}


def _table(title: Any, icon: str, table: str, app: str = "corpus") -> dict[str, Any]:
    page = _page(title, icon, f"{app}_{table}_changelist", _may(f"{app}.view_{table}"))
    # The theme marks every page below the posts' address as posts; the pages of the review have lines of their own.
    return {**page, "active": _is_posts} if table == "post" else page


def _is_posts(request: HttpRequest) -> bool:
    place = request.path.partition("/corpus/post/")
    return bool(place[1]) and not place[2].startswith(("review/", "duplicates/"))


NAVIGATION = [
    {
        "title": _("Corpus"),
        "items": [
            _page(_("Overview"), "monitoring", "index", lambda request: True),
            _page(
                _("Review"),
                "rate_review",
                "corpus_post_review",
                _may("corpus.change_post"),
                badge="corpus.admin.review.waiting",
                badge_variant="primary",
            ),
            {
                **_table(_("Contributions"), "volunteer_activism", "contribution", "predictor"),
                "badge": "predictor.admin.contributions.waiting",
                "badge_variant": "primary",
            },
            _table(_("Posts"), "photo_library", "post"),
            _page(_("Duplicates"), "filter_none", "corpus_post_duplicates", _may("corpus.view_post")),
            _table(_("Hashtags"), "tag", "hashtag"),
            _table(_("Popular hashtags"), "trending_up", "popularhashtag"),
            _table(_("Bulk changes"), "undo", "bulkchange"),
        ],
    },
    {
        "title": _("Sources"),
        "items": [
            _table(_("Sources"), "source", "source"),
            _table(_("Imports"), "upload", "importrun"),
            _table(_("Scrapes"), "travel_explore", "scraperun"),
        ],
    },
    {
        "title": _("Models"),
        "items": [
            _table(_("Versions"), "deployed_code", "modelversion", "predictor"),
            _page(
                _("Live quality"), "thumbs_up_down", "predictor_copying_quality", _may("predictor.view_modelversion")
            ),
            _table(_("Training runs"), "model_training", "trainingrun", "predictor"),
            _table(_("Tunings"), "tune", "tuning", "predictor"),
            _table(_("Evaluations"), "query_stats", "evaluation", "predictor"),
            _table(_("Uploads"), "add_photo_alternate", "upload", "predictor"),
        ],
    },
    {
        "title": _("Administration"),
        "items": [
            _table(_("Users"), "person", "user", "auth"),
            _table(_("Groups"), "group", "group", "auth"),
            _page(_("Queues"), "queue", "django_rq_dashboard_changelist", _is_administrator),
        ],
    },
]
UNFOLD = {
    "SITE_TITLE": "tag4pic",
    "SITE_HEADER": "tag4pic",
    "SITE_SUBHEADER": _("Administration"),
    "SITE_ICON": _static("favicon.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _static("favicon.svg")}],
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [_static("admin_curation.css")],
    "SCRIPTS": [_static("curation.js")],
    "DASHBOARD_CALLBACK": "corpus.admin.dashboard.fill",
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "base": {
            "50": "#f6f6f1",
            "100": "#efefe9",
            "200": "#dfdfd8",
            "300": "#cfd0c8",
            "400": "#9a9fa6",
            "500": "#6b717a",
            "600": "#4c525b",
            "700": "#373d46",
            "800": "#23282f",
            "900": "#15181d",
            "950": "#0f1115",
        },
        "primary": {
            "50": "#eaf7fd",
            "100": "#d3eefa",
            "200": "#a6ddf5",
            "300": "#6ad0f7",
            "400": "#2fbdf0",
            "500": "#1aa3d6",
            "600": "#00719f",
            "700": "#00638a",
            "800": "#00506f",
            "900": "#003d55",
            "950": "#00293a",
        },
    },
    "SIDEBAR": {"show_search": False, "navigation": NAVIGATION},
}
