"""The base of every form: CSRF, clean text, messages that say how to mend a field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, StopValidation, ValidationError

from core.base.errors import Invalid
from core.base.i18n import translations
from server.i18n import gettext, lazy, locale

MAX_EMAIL = 254
INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u202a-\u202e\u2060-\u2069\ufeff]"
)
Check = Callable[[Any, Field], None]


class _Catalogue:
    """WTForms' own messages, looked up in our catalogues; WTForms fills the places itself."""

    def gettext(self, text: str) -> str:
        return str(translations(locale()).gettext(text))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return str(translations(locale()).ngettext(singular, plural, number))


class Form(FlaskForm):  # type: ignore[misc]
    """Text is cleaned before it is checked. Core's Invalid is shown at its fields with ``refuse``."""

    class Meta:
        csrf = False  # CSRFProtect (server/security.py) has checked every form before its view runs

        def get_translations(self, _form: Any) -> _Catalogue:
            return _Catalogue()

        def bind_field(self, form: Any, unbound: Any, options: dict[str, Any]) -> Field:
            options = (
                {**options, "filters": [clean, *options.get("filters", [])]} if _is_text(unbound) else options
            )
            return unbound.bind(form=form, **options)

    def refuse(self, error: Invalid) -> None:
        """Show what an action refused: at the fields of this form that it names, else at the form as a whole."""
        for name, problems in error.fields.items():
            texts = [gettext(problem.text, **problem.params) for problem in problems]
            if name in self._fields:
                field = self._fields[name]
                field.errors = [*field.errors, *texts]
            else:
                self.form_errors.extend(texts)
        if not error.fields:
            self.form_errors.append(gettext(error.text, **error.params))


def _is_text(unbound: Any) -> bool:
    return unbound.field_class.__name__ in ("StringField", "TextAreaField", "EmailField", "SearchField")


def clean(value: Any) -> Any:
    """Text without invisible and direction-changing characters, in one Unicode form, trimmed."""
    if not isinstance(value, str):
        return value
    return INVISIBLE.sub("", unicodedata.normalize("NFC", value.replace("\r\n", "\n"))).strip()


def options(pairs: Iterable[tuple[str, object]]) -> list[SelectChoice]:
    """Choices of a select, radio or tick list; labels may be lazy."""
    return [SelectChoice(value, label) for value, label in pairs]


def needed(text: object) -> InputRequired:
    """The field must be filled; ``text`` (lazy) says with what."""
    return InputRequired(text)


def filled(text: object) -> Check:
    """The field must hold more than blanks; ``text`` (lazy) says with what."""

    def check(_form: Any, field: Field) -> None:
        if not field.data or not str(field.data).strip():
            raise StopValidation(str(text))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


def at_most(most: int) -> Check:
    """No longer than ``most`` characters; the browser is told as well."""

    def check(_form: Any, field: Field) -> None:
        if field.data and len(field.data) > most:
            raise ValidationError(
                gettext(
                    "Shorten this to %(most)s characters; it has %(count)s.", most=most, count=len(field.data)
                )
            )

    check.field_flags = {"maxlength": most}  # type: ignore[attr-defined]
    return check


def email_address() -> Check:
    """An address that mail could be sent to; nothing is looked up."""

    def check(_form: Any, field: Field) -> None:
        if not field.data:
            return
        try:
            validate_email(field.data[: MAX_EMAIL + 1], check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError:
            raise ValidationError(
                gettext("This is not an e-mail address yet. It should look like name@example.org.")
            ) from None

    return check


__all__ = ["Form", "at_most", "clean", "email_address", "filled", "lazy", "needed", "options"]
