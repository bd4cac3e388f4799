"""The rubric templates that are shipped. An assessment copies one and may change every word of it.

Anchors speak of what can be seen in the work. None of them rewards talk, polish or confidence: a short plain answer
that is right stands as high as a long one.
"""

from __future__ import annotations

from core.assessments.rules.body import Dimension, Rubric
from core.base.errors import N_

REAL_WORK = Rubric(
    "real_work",
    (
        Dimension(
            "correctness",
            N_("Correct, also when things fail"),
            30,
            (
                N_("Does not work for the plain case, or breaks something that worked before."),
                N_(
                    "Works for the plain case; time-outs, repeats, empty or hostile input lead to wrong results."
                ),
                N_(
                    "Works for the cases that the task names; some failures that one should expect are missed."
                ),
                N_("Works for the named cases and for failures that the task only hints at."),
                N_(
                    "Finds and handles failures that the task does not mention, and leaves no state half done."
                ),
            ),
        ),
        Dimension(
            "verification",
            N_("Testing and checking"),
            25,
            (
                N_("Nothing was run, or failing tests were removed or weakened."),
                N_("Ran what was there, but added nothing; the change rests on hope."),
                N_("Added a test for the main change that fails without it."),
                N_("Tests cover the change and its failures, and say what they protect."),
                N_("Tests would catch the next likely mistake as well; gaps that remain are named."),
            ),
        ),
        Dimension(
            "change",
            N_("A change that fits the code"),
            20,
            (
                N_("Rewrites what was not asked for, or works around the code instead of changing it."),
                N_("The change is in the wrong place or says the same thing twice; a reader must guess."),
                N_("The change is in a sensible place and follows the code around it."),
                N_("Small, easy to review; names and structure say what changed."),
                N_("As small as it can be, and the code is easier to change afterwards than before."),
            ),
        ),
        Dimension(
            "judgement",
            N_("Judgement and risk"),
            15,
            (
                N_("No sign that anything but the ticket was considered."),
                N_("Names risks in general that do not touch this change."),
                N_("Names the main risk of this change and what was done about it."),
                N_("Weighs two ways of doing it and says what the chosen one costs."),
                N_("Also says how to roll it out and back, and what to watch afterwards."),
            ),
        ),
        Dimension(
            "explanation",
            N_("Explanation a colleague can use"),
            10,
            (
                N_("No answers, or answers that do not match the work."),
                N_("Retells what was done, not why."),
                N_("Says why, briefly; a colleague could review it."),
                N_("Says what was tried and left, and what is still open."),
                N_("A colleague could take over from here without asking anything."),
            ),
        ),
    ),
)

DEBUGGING = Rubric(
    "debugging_ai",
    (
        Dimension(
            "cause",
            N_("Finding the cause"),
            30,
            (
                N_("Changes code at random until something passes."),
                N_("Removes the symptom; the cause is still there."),
                N_("Finds the cause of the reported fault."),
                N_("Shows the cause with a run or test before changing anything."),
                N_("Finds what let the fault in, and other places with the same fault."),
            ),
        ),
        Dimension(
            "proof",
            N_("Proof that it is mended"),
            25,
            (
                N_("The fault is claimed to be mended without a run that shows it."),
                N_("Checked by hand once; nothing stays behind that would catch it again."),
                N_("A test fails before the change and passes after it."),
                N_("The test covers the edges of the fault, and the rest of the tests still pass."),
                N_("Looks for what the change might break elsewhere, and shows that it does not."),
            ),
        ),
        Dimension(
            "supervision",
            N_("Directing and checking AI and other sources"),
            25,
            (
                N_("Takes suggestions as they come, also wrong ones."),
                N_("Reads suggestions, but lets plain mistakes through."),
                N_("Checks suggestions by running them, and drops what does not hold."),
                N_("Asks for small, checkable pieces, and corrects them where they are wrong."),
                N_("Says where a suggestion was trusted and where not, with the reason; did the thinking alone where that was faster."),
            ),
        ),
        Dimension(
            "safety",
            N_("Safety of the change"),
            10,
            (
                N_("Data, money or access could be lost because of the change."),
                N_("Touches more than the fault needs; effects were not looked at."),
                N_("Touches what the fault needs and keeps promises made to callers."),
                N_("Old data and callers in the middle of something were thought of."),
                N_("Can be undone, or shipped in steps; says how."),
            ),
        ),
        Dimension(
            "account",
            N_("An honest account"),
            10,
            (
                N_("Claims things that the work does not show."),
                N_("Leaves out what did not work."),
                N_("Says what was found, changed and checked."),
                N_("Says what is sure and what is a guess."),
                N_("Says what to do next, and what would prove the account wrong."),
            ),
        ),
    ),
)  # fmt: skip

TEMPLATES: dict[str, Rubric] = {rubric.template: rubric for rubric in (REAL_WORK, DEBUGGING)}
TITLES: dict[str, str] = {
    REAL_WORK.template: N_("Real-work engineering"),
    DEBUGGING.template: N_("Debugging and AI supervision"),
}
