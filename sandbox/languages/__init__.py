"""Every language sandboxd knows, in the order in which they are made ready."""

from sandbox.languages.base import Language
from sandbox.languages.cpp import CPP
from sandbox.languages.java import JAVA_LANGUAGE
from sandbox.languages.javascript import JAVASCRIPT
from sandbox.languages.python import PYTHON

LANGUAGES: dict[str, Language] = {language.id: language for language in (PYTHON, JAVASCRIPT, CPP, JAVA_LANGUAGE)}
