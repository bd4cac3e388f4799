"""What somebody fills in before they start."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, Field, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from core.assessments.queries.entry import Landing
from core.problems.language_names import language_name
from server.forms import Form, at_most, email_address, filled, lazy


class CodeForm(Form):
    """A shared code."""

    code = StringField(lazy("Code"), [filled(lazy("Enter the code that you were given.")), at_most(40)])


class AddressForm(Form):
    """Who comes by a shared code."""

    email = EmailField(
        lazy("Your e-mail address"),
        [filled(lazy("Enter your e-mail address.")), at_most(254), email_address()],
    )


class DigitsForm(Form):
    """The six digits of a mail."""

    digits = StringField(
        lazy("Six-digit code"), [filled(lazy("Enter the six digits of the mail.")), at_most(20)]
    )


class StartForm(Form):
    """Name, agreement, and a language for each task that offers several."""

    name = StringField(
        lazy("Your name, as reviewers will see it"), [filled(lazy("Enter your name.")), at_most(120)]
    )
    agreed = BooleanField(lazy("I agree to the recording described here, for this application only."))
    own_work = BooleanField(lazy("I will do the work myself, by the rule about AI tools on this page."))
    manifest = HiddenField()

    def languages(self) -> dict[int, str]:
        """The chosen language by position of the task."""
        return {position: field.data for position, field in self.language_fields() if field.data}

    def language_fields(self) -> list[tuple[int, Field]]:
        """The selects, with the position of their task."""
        fields = [(int(f.name.removeprefix("language-")), f) for f in self if f.name.startswith("language-")]
        return sorted(fields, key=lambda pair: pair[0])


def start_form(landing: Landing, name: str) -> StartForm:
    """A StartForm with one select for each task that offers a choice."""
    fields = {
        f"language-{position}": SelectField(
            lazy("Language for “%(task)s”", task=version.pack.title),
            choices=[SelectChoice(language, language_name(language)) for language in languages],
        )
        for position, (version, languages) in enumerate(landing.tasks)
        if len(languages) > 1
    }
    shaped: type[StartForm] = type("ShapedStartForm", (StartForm,), fields)
    return shaped(name=name, manifest=landing.version.manifest_hash)


def language_names(landing: Landing) -> list[str]:
    """Every language that some task offers, as it is written, each once."""
    return list(dict.fromkeys(language_name(lang) for _, languages in landing.tasks for lang in languages))
