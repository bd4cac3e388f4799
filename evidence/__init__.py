"""The open evidence format: canonical JSON, commitments, headers, Merkle logs, event kinds and manifests.

Stands alone (standard library and ``cryptography``) and is published as the wheel ``proofroom_evidence``, so that anybody
can check a log without this application. Modules inside import each other relatively.
"""
