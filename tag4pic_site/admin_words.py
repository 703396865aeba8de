"""Words of the admin that nobody else translates: the names of our tables and fields, and those of unfold."""

from collections.abc import Iterable

from django.db.models import Field, Model
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

# fmt: off
NAMES = (
    _("bulk change"), _("bulk changes"), _("hashtag"), _("hashtags"), _("popular hashtag"), _("popular hashtags"),
    _("source"), _("sources"), _("import run"), _("import runs"), _("post"), _("posts"), _("tagging"), _("taggings"),
    _("scrape run"), _("scrape runs"), _("sighting"), _("sightings"), _("tag set"), _("tag sets"), _("muted tag"),
    _("muted tags"), _("api token"), _("api tokens"), _("model version"), _("model versions"), _("version hashtag"),
    _("version hashtags"), _("active version"), _("active versions"), _("activation"), _("activations"), _("upload"),
    _("uploads"), _("suggestion"), _("suggestions"), _("contribution"), _("contributions"), _("copying"),
    _("copyings"), _("post embedding"), _("post embeddings"), _("evaluation"), _("evaluations"), _("explanation"),
    _("explanations"), _("training run"), _("training runs"), _("tuning"), _("tunings"), _("vote"), _("votes"),
    _("judgement"), _("judgements"), _("acceptance"), _("account"), _("activate"), _("added"), _("admitted"),
    _("alias of"), _("answered by"), _("appears with"), _("asked"), _("asked by"), _("attempts"), _("average hash"),
    _("backbone"), _("bad"), _("batch"), _("beat"), _("before"), _("blind"), _("by"), _("cancel wanted"),
    _("caption"), _("changed"), _("counts"), _("created"), _("decided"), _("decided by"), _("default score"),
    _("difference hash"), _("digest"), _("display"), _("done"), _("dropped"), _("duplicate of"), _("evidence"),
    _("external id"), _("finished"), _("frozen"), _("full"), _("gate"), _("genericness"), _("golden"), _("good"),
    _("height"), _("held"), _("high"), _("image"), _("kept"), _("key"), _("kind"), _("last scraped"),
    _("lease until"), _("left"), _("let in"), _("libraries"), _("limit"), _("listed by"), _("listed on"), _("log"),
    _("looks like"), _("low"), _("manifest sha256"), _("may be shown"), _("message"), _("metrics"), _("missing"),
    _("name"), _("named"), _("neighbours"), _("not before"), _("origin"), _("original"), _("owner"), _("owner token"),
    _("parameters"), _("parent"), _("photos"), _("plots"), _("position"), _("post number"), _("prior"), _("rank"),
    _("reason"), _("recalls"), _("refusals"), _("report"), _("requested by"), _("rests until"), _("review priority"),
    _("right"), _("rows"), _("run"), _("score"), _("seconds"), _("section"), _("seen"), _("sent name"), _("settings"),
    _("since"), _("split"), _("split given"), _("stage"), _("start"), _("started"), _("state"), _("status"),
    _("status date"), _("status source"), _("status until"), _("tag"), _("tags"), _("taken"), _("tier"), _("timings"),
    _("token"), _("total"), _("trials"), _("trigger"), _("undone"), _("undone by"), _("unseen"), _("unwanted"),
    _("updated"), _("used"), _("user"), _("usual"), _("vector"), _("verdict"), _("version"), _("versions"),
    _("wanted"), _("watermark"), _("what"), _("why"), _("width"), _("wish"), _("withdrawn"), _("words"),
    _("telegram chat"), _("telegram chats"), _("telegram update"), _("telegram updates"), _("telegram photo"),
    _("telegram photos"), _("telegram message"), _("telegram messages"), _("after"), _("album"), _("answer id"),
    _("call"), _("chat"), _("chosen language"), _("counts alone"), _("faults"), _("forgotten"), _("is answer"),
    _("language"), _("last message"), _("message id"), _("number"), _("offered"), _("payload"), _("photo"), _("shows"),
    _("told"), _("update id"),
)
# unfold brings no translations of its own
UNFOLD = (
    _("%(full_result_count)s total"), _("Add row"), _("All applications"), _("Apply Filters"),
    _("By %(filter_title)s"), _("Change History"), _("Choose file to upload"), _("Click to cancel"),
    _("Click to download"), _("Collapse"), _("Current file"), _("Dark"), _("Date from"), _("Date to"),
    _("Delete selected %(model)s"), _("Edit"), _("Expand row"), _("False"), _("Filters"), _("From"), _("General"),
    _("Group"), _("Group permissions"), _("Light"), _("Loading more results..."), _("More actions"), _("No data"),
    _("No results found"), _("No results matching your query"), _("Object permissions"),
    _("Please correct the error below."), _("Reset filters"), _("Return to site"), _("Run"),
    _("Search apps and models..."), _("Select action"), _("Select action to run"), _("Select all rows"),
    _("Select all %(total_count)s %(module_name)s"), _("Select format"), _("Select record"), _("Select value"),
    _("System"), _("This exporter will export the following fields"),
    _("This page yielded into no results. Create a new item or reset your filters."), _("To"),
    _("Toggle password visibility"), _("True"), _("Type to search"), _("User permissions"), _("Value"),
    _("Welcome back to"), _("You have been successfully logged out from the administration"),
)
# fmt: on


def translate_names(models: Iterable[type[Model]]) -> None:
    """Let tables and fields be called in the language of the reader; Django makes their names out of the code's."""
    for model in models:
        meta = model._meta
        meta.verbose_name = gettext_lazy(str(meta.verbose_name))
        meta.verbose_name_plural = gettext_lazy(str(meta.verbose_name_plural))
        for field in meta.get_fields():
            if isinstance(field, Field) and isinstance(field.verbose_name, str):
                field.verbose_name = gettext_lazy(field.verbose_name)
