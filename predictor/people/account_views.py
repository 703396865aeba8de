"""The pages of accounts: join, log in, log out, another password. An account is optional everywhere."""

from django.contrib import admin, messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from predictor import limits
from predictor.people import adopting, visitors
from predictor.people.account_forms import TAKEN, JoinForm, LogInForm
from predictor.people.returning import go_back, next_page

BACKEND = "django.contrib.auth.backends.ModelBackend"  # that a new account counts as logged in by


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Make an account, and take along what this browser has."""
    if request.method != "POST":
        return _already(request) or _form_page(request, "account/join.html", JoinForm())
    limits.check_pace(request, "account")
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _form_page(request, "account/join.html", form)
    try:
        with transaction.atomic():
            user = form.save()
    except IntegrityError:  # sent twice, or somebody was faster
        form.add_error("username", TAKEN)
        return _form_page(request, "account/join.html", form)
    adopting.adopt(visitors.of(request), user)
    login(request, user, backend=BACKEND)
    messages.success(request, _("Welcome. From now on your photos are kept until you delete them."))
    return go_back(request, "mine")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Log in, and take along what this browser has."""
    if request.method != "POST":
        return _already(request) or _form_page(request, "account/log_in.html", LogInForm(request))
    limits.check_pace(request, "account")
    form = LogInForm(request, request.POST)
    if not form.is_valid():
        return _form_page(request, "account/log_in.html", form)
    user = form.get_user()
    adopting.adopt(visitors.of(request), user)
    login(request, user)
    return go_back(request, "mine")


def admin_log_in(request: HttpRequest) -> HttpResponse:
    """The admin's own page to log in, after which what this browser has goes along too."""
    if request.method == "POST":
        limits.check_pace(request, "account")
    before = visitors.of(request)
    answer = admin.site.login(request)
    if before.user is None and isinstance(request.user, User):
        adopting.adopt(before, request.user)
    return answer


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Forget who uses this browser; what belongs to the account stays there."""
    logout(request)
    messages.success(request, _("You are logged out. What you have here waits for you under your name."))
    return redirect("start")


@sensitive_post_parameters()
@never_cache
@login_required(login_url="log-in")
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Set another password; other browsers are logged out."""
    assert isinstance(request.user, User)
    if request.method == "POST":
        limits.check_pace(request, "account")
    form = PasswordChangeForm(request.user, request.POST or None)
    if not form.is_valid():
        return _form_page(request, "account/password.html", form)
    form.save()
    update_session_auth_hash(request, request.user)
    messages.success(request, _("Your password is changed. Other browsers are logged out."))
    return redirect("mine")


def _already(request: HttpRequest) -> HttpResponse | None:
    return go_back(request, "mine") if request.user.is_authenticated else None


def _form_page(request: HttpRequest, template: str, form: BaseForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, "next": next_page(request)}, status=status)
