"""Half of the ids that schemathesis makes up become ids of objects that are there, so that it gets past 404.

The description can't say that the words of `type` are all different: clients that are generated in Java would not compile.
"""

import os

import schemathesis

IDS = {name: os.environ[f"LEARNCOIN_{name}_ID"] for name in ("BATCH", "CREDENTIAL", "TENANT", "WEBHOOK")}
KINDS = {"batches": "BATCH", "credentials": "CREDENTIAL", "tenants": "TENANT", "webhooks": "WEBHOOK"}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    if not path_parameters or "id" not in path_parameters:
        return path_parameters
    made_up = str(path_parameters["id"])
    if sum(made_up.encode("utf-8", "surrogatepass")) % 2:
        return path_parameters
    kind = context.operation.path.split("/")[2]
    return {**path_parameters, "id": IDS[KINDS[kind]]}


@schemathesis.hook
def map_body(context, body):
    return with_all_types(body)


# The types of an Open Badges credential, the only `type` of two words.
BOTH = ["VerifiableCredential", "OpenBadgeCredential"]


def with_all_types(value):
    """Replaces a repeated word of a `type` by the one that is missing."""
    if isinstance(value, list):
        return [with_all_types(element) for element in value]
    if not isinstance(value, dict):
        return value
    value = {name: with_all_types(member) for name, member in value.items()}
    words = value.get("type")
    if isinstance(words, list) and len(words) == 2 and words[0] == words[1] and words[0] in BOTH:
        value["type"] = list(BOTH)
    return value
