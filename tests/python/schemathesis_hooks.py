"""Half of the ids that schemathesis makes up become ids of objects that are there, so that it gets past 404."""

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
