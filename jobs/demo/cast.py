"""Who takes part in the example: two assessments, forty people, how each of them works. Scores stand nowhere here."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from jobs.demo.works import Work

ORGANISATION = "Harbourline"
RECRUITER = ("Nora Lindqvist", "nora.lindqvist@harbourline.example")
COLLEAGUE = ("Tomás Aguirre", "tomas.aguirre@harbourline.example")
PAYOUTS, LOGS = "payout-retry", "log-parser"


@dataclass(frozen=True)
class Visit:
    """One person's attempt. ``started`` is days after the assessment was made, ``minutes`` how long they worked.

    ``language`` is a wish: where it is not proven, the first proven one is taken. ``voice`` picks the answers.
    """

    name: str
    pack: str
    work: Work
    started: float
    minutes: int
    language: str = "python"
    voice: str = "fair"
    by_code: bool = False
    pastes: bool = False
    away_minutes: int = 0
    times: str = "1"  # the arrangement, as a factor of the limit
    waits_for_the_clock: bool = False
    note: str = ""

    @property
    def email(self) -> str:
        """An address of a domain that never exists."""
        plain = unicodedata.normalize(
            "NFKD", self.name.replace("ø", "o").replace("ł", "l").replace("ß", "ss")
        )
        letters = [c if c.isascii() and c.isalpha() else "." for c in plain if not unicodedata.combining(c)]
        return "".join(letters).lower().replace("..", ".") + "@candidates.example"


@dataclass(frozen=True)
class Show:
    """One assessment: its pack, and people who were invited and have not come yet."""

    title: str
    pack: str
    role: str
    limit_minutes: int
    overtime: bool
    intro: str
    invited_only: tuple[str, ...] = field(default=())


SHOWS = (
    Show(
        "The access log that lies", LOGS, "Platform engineer", 60, False,
        "Our gateway's log is written to by everybody, attackers included. Build the parser that believes nothing.",
        ("Dario Conti", "Wanjiru Kamau"),
    ),
    Show(
        "Paid twice on Tuesday", PAYOUTS, "Back-end engineer, payouts", 90, True,
        "Harbourline moves money for small importers. This is a bug we had, shortened; work as on an ordinary day.",
        ("Ebba Nyström", "Kofi Mensah", "Leah Goldfarb"),
    ),
)  # fmt: skip


def payouts(name: str, started: float, minutes: int, *faults: int, **more: object) -> Visit:
    """A visit to the payout service. Faults count its mutants."""
    return Visit(name, PAYOUTS, Work(faults, float(more.pop("share", 1.0))), started, minutes, **more)  # type: ignore[arg-type]


def logs(name: str, started: float, minutes: int, language: str, *faults: int, **more: object) -> Visit:
    """A visit to the log parser in a language."""
    work = Work(faults, float(more.pop("share", 1.0)))  # type: ignore[arg-type]
    return Visit(name, LOGS, work, started, minutes, language, **more)  # type: ignore[arg-type]


VISITS = (
    payouts(
        "Ingrid Solheim", 0.31, 74, voice="strong", note="The tests in tests/own say what each one protects."
    ),
    logs("Mateus Oliveira", 0.42, 51, "python", voice="strong"),
    payouts("Chidi Okonkwo", 0.66, 83, 1),
    payouts("Anneliese Vogt", 1.04, 97, 3, voice="strong", away_minutes=11),
    logs("Yuki Tanabe", 1.18, 44, "javascript", voice="strong", pastes=True),
    payouts("Ravi Shankaran", 1.27, 58, 0, 5),
    logs("Hannah Whitlock", 1.52, 57, "python", 0, 3),
    payouts("Bartosz Wójcik", 1.73, 118, 5, voice="weak", note="I ran over: a meeting could not wait."),
    payouts("Leila Haddad", 2.06, 88, 2, 6, by_code=True),
    logs("Owen Fairbairn", 2.21, 39, "cpp", voice="strong"),
    payouts("Sofía Rentería", 2.37, 112, voice="strong", times="1.25"),
    payouts("Jonas Petersen", 2.49, 35, 6, voice="weak", pastes=True),
    logs("Amara Diallo", 2.61, 60, "java", 1, waits_for_the_clock=True),
    payouts("Grace Muthoni", 3.05, 71, 4),
    logs("Piotr Zieliński", 3.19, 48, "python", 1),
    payouts("Elif Yıldız", 3.24, 134, 0, voice="fair", away_minutes=25),
    payouts("Noah Bergström", 3.44, 90, voice="weak", share=0.45),
    logs("Camille Rousseau", 3.58, 53, "javascript", 2, by_code=True),
    payouts("Dmitri Volkov", 3.71, 66, 6, 1),
    logs("Sibusiso Nkosi", 4.03, 58, "python", 0, 1, 2),
    payouts("Marta Kowalczyk", 4.14, 80, 2, voice="strong"),
    payouts("Aoife Brennan", 4.33, 95, voice="strong", away_minutes=6),
    logs("Farid Rahimi", 4.47, 60, "cpp", 1, waits_for_the_clock=True),
    payouts("Lukas Steiner", 4.55, 41, 3, 6, voice="weak", pastes=True),
    logs("Priyanka Nair", 5.02, 46, "java", voice="strong"),
    payouts("Emre Kaya", 5.11, 77, 5, 0),
    payouts("Valentina Rossi", 5.28, 63, voice="fair", share=0.7),
    logs("Theo Marchetti", 5.36, 55, "python", 2, 3),
    payouts("Hugo Almeida", 5.63, 105, 1, 3, by_code=True),
    logs("Nadia Benali", 5.77, 42, "javascript", 0, 1),
    payouts("Samuel Adeyemi", 6.08, 69, 4, 6),
    logs(
        "Katarina Novak",
        6.2,
        52,
        "python",
        voice="strong",
        note="main() reads top to bottom like the statement.",
    ),
    payouts("Oscar Lindgren", 6.39, 92, 0, 2, 5),
    logs("Mei-Ling Chou", 6.52, 49, "java", 2),
    payouts("Rafael Ortega", 6.7, 20, voice="weak", share=0.0),
    logs("Isabelle Fournier", 7.06, 60, "python", 3, share=0.6, voice="weak", waits_for_the_clock=True),
    payouts("Tendai Moyo", 7.25, 86, 1, voice="strong"),
    logs("Viktor Horváth", 7.41, 37, "cpp", 2, pastes=True),
    payouts("Aisha Karimi", 7.62, 101, 3, 0),
    logs("Gustav Holm", 8.05, 56, "javascript", 1, 2, by_code=True),
)
