"""The law of assessments: pure functions over values, no rows, no clock.

body.py         the frozen content of an assessment version: dataclasses, body_from_json, body_to_json
body_check.py   validate_body: what a recruiter must still mend before it can be used
rubrics.py      the rubric templates that are shipped
manifests.py    which kinds of evidence an assessment records, why, for how long, in which words
invitations.py  a pasted list of people, good rows kept, bad rows named
"""
