"""The Russian catalogue holds every sentence of the site, translated, with its placeholders, and is compiled."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib
from django.apps import apps
from django.conf import settings
from django.utils import translation
from django.utils.translation.template import templatize

from corpus.models import Post

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale" / "ru" / "LC_MESSAGES" / "django.po"
ENTRIES = list(polib.pofile(str(CATALOGUE)))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%[a-z]\b|%[sd]\b|\{[\w:]*\}")
CALL = re.compile(r"\b(?:_|n?p?gettext)\(.*", re.DOTALL)
# Arguments of each function that hold a sentence, and the one that holds its context.
FUNCTIONS = {"_": (None, 0), "gettext": (None, 0), "ngettext": (None, 0), "pgettext": (0, 1), "npgettext": (0, 1)}
Sentence = tuple[str | None, str]  # context, and the sentence in English


def test_every_sentence_is_in_the_catalogue_and_nothing_else() -> None:
    sources = [*ROOT.glob("corpus/**/*.py"), *ROOT.glob("predictor/**/*.py"), *ROOT.glob("tag4pic_site/**/*.py")]
    used = {sentence for file in sources for sentence in sentences(file.read_text())}
    for file in (ROOT / "templates").rglob("*.html"):
        used |= set(sentences_of_template(file.read_text()))
    assert used == {(entry.msgctxt, entry.msgid) for entry in ENTRIES}, "`make messages` brings them in."


def sentences(source: str) -> Iterator[Sentence]:
    """Find what Python source asks gettext for."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            context, sentence = FUNCTIONS.get(re.sub(r"_(lazy|noop)$", "", node.func.id), (None, None))
            if sentence is not None and isinstance(words := node.args[sentence], ast.Constant):
                about = None if context is None else ast.literal_eval(node.args[context])
                yield about, str(words.value)


def sentences_of_template(source: str) -> Iterator[Sentence]:
    """Find what a template asks gettext for: Django turns it into lines that hold one call each, and nothing else."""
    for part in re.split(r"(?=\b(?:_|n?p?gettext)\()", templatize(source)):
        if CALL.match(part):
            yield from sentences(first_call(part))


def first_call(text: str) -> str:
    """Return the shortest beginning of a text that is a whole call."""
    for end in (place.end() for place in re.finditer(r"\)", text)):
        try:
            ast.parse(text[:end])
        except SyntaxError:
            continue
        return text[:end]
    raise AssertionError(f"No call: {text}")


def test_every_sentence_is_translated_with_its_placeholders() -> None:
    assert [
        entry.msgid for entry in ENTRIES if not entry.translated() or entry.fuzzy or not keeps_placeholders(entry)
    ] == []


def keeps_placeholders(entry: polib.POEntry) -> bool:
    forms = list(entry.msgstr_plural.values()) or [entry.msgstr]
    wanted = placeholders(entry.msgid + entry.msgid_plural)
    return all(placeholders(form) == wanted for form in forms)


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def test_what_is_compiled_is_what_is_written() -> None:
    assert spoken(polib.mofile(str(CATALOGUE.with_suffix(".mo")))) == spoken(ENTRIES), "`make messages` compiles it."


def spoken(entries: Iterable[polib.POEntry | polib.MOEntry]) -> dict[Sentence, list[str]]:
    """Return the translations of each sentence, one a plural form."""
    return {(entry.msgctxt, entry.msgid): [entry.msgstr, *entry.msgstr_plural.values()] for entry in entries}


def test_the_admin_calls_tables_and_fields_by_russian_names() -> None:
    known = {entry.msgid for entry in ENTRIES} | {"ID", "id", "x", "y", "sha256"}
    for model in [*apps.get_app_config("corpus").get_models(), *apps.get_app_config("predictor").get_models()]:
        with translation.override("en"):
            names = {str(model._meta.verbose_name), str(model._meta.verbose_name_plural)}
            names |= {str(field.verbose_name) for field in model._meta.fields}
        assert names <= known, "`tag4pic_site/admin_words.py` is where they belong."
    with translation.override("ru"):
        assert (str(Post._meta.verbose_name_plural), str(Post._meta.get_field("caption").verbose_name)) == (
            "посты",
            "подпись",
        )
