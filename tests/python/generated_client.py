"""Makes all 13 calls of the API through the client that openapi-generator wrote for Python.

Exit status: 0 every call was made and its answer read into the client's types, 1 not so, 2 wrong arguments.
"""

import argparse
import datetime
import sys
import time
import uuid


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--client", required=True, help="the folder of the generated client")
    parser.add_argument("--url", required=True, help="the deployment, such as http://localhost:8080")
    parser.add_argument("--key", required=True, help="a test key")
    parser.add_argument("--hook", required=True, help="a URL that the deployment may send events to")
    arguments = parser.parse_args()
    sys.path.insert(0, arguments.client)
    calls = make_calls(arguments)
    print(f"{len(calls)} calls: {', '.join(calls)}")
    return 0 if len(set(calls)) == 13 else 1


def make_calls(arguments) -> list[str]:
    import openapi_client as api

    calls = []

    def call(function, *positional, **named):
        calls.append(function.__name__)
        return function(*positional, **named)

    configuration = api.Configuration(host=arguments.url, access_token=arguments.key)
    with api.ApiClient(configuration) as client:
        batches, credentials = api.BatchesApi(client), api.CredentialsApi(client)
        tenants, webhooks = api.TenantsApi(client), api.WebhooksApi(client)

        one = api.CredentialInput(
            recipient=api.RecipientInput(id=f"urn:uuid:{uuid.uuid4()}", name="Ada Lovelace", type=["AchievementSubject"]),
            achievement=api.AchievementInput(name="Introduction to Machine Learning", description="Completed."),
            issuance_date=datetime.datetime(2026, 4, 23, 12, tzinfo=datetime.timezone.utc),
            type=["VerifiableCredential", "OpenBadgeCredential"],
        )
        accepted = call(
            batches.create_batch, api.CreateBatchRequest(credentials=[one]), idempotency_key=str(uuid.uuid4())
        )
        assert accepted.status == api.BatchStatus.PENDING and accepted.credentials_count == 1
        batch = call(batches.get_batch, accepted.id)
        deadline = time.monotonic() + 120
        while batch.status != api.BatchStatus.ANCHORED:
            assert time.monotonic() < deadline, batch.status
            time.sleep(0.2)
            batch = batches.get_batch(accepted.id)
        assert batch.anchor_transaction.block_number > 0
        page = call(batches.list_batches, limit=5, status=api.BatchStatus.ANCHORED)
        assert any(listed.id == batch.id for listed in page.data)
        id = batch.credentials[0].id
        credential = call(credentials.get_credential, id)
        assert credential.status == api.CredentialStatus.CREDENTIAL_ANCHORED and not credential.revoked
        assert credential.signed_credential.proof.type == "MerkleProof2019"
        revoked = call(
            credentials.revoke_credential,
            id,
            api.RevocationRequest(reason="Superseded.", reason_code="reissued"),
        )
        assert revoked.revoked is True
        erased = call(
            credentials.erase_credential,
            id,
            api.ErasureRequest(requester="recipient", verified_at=datetime.datetime.now(datetime.timezone.utc)),
        )
        assert erased.erased is True and erased.verification_status_after_erasure == "verifiable"
        own = call(tenants.get_own_tenant)
        assert call(tenants.get_tenant, own.id) == own
        updated = call(
            tenants.update_own_tenant,
            api.UpdateTenantRequest(
                display_name="Example University",
                verify_page_branding=api.BrandingInput(accent_color="#1f4e8c"),
            ),
        )
        assert updated.id == own.id
        endpoint = call(
            webhooks.create_webhook,
            api.CreateWebhookRequest(url=arguments.hook, events=[api.WebhookEventType.BATCH_DOT_ANCHORED]),
        )
        assert endpoint.signing_secret.startswith("whsec_")
        tested = call(webhooks.test_webhook, endpoint.id)
        assert isinstance(tested.delivered, bool)
        listed = call(webhooks.list_webhooks)
        assert any(one.id == endpoint.id for one in listed.data)
        deleted = call(webhooks.delete_webhook, endpoint.id)
        assert deleted.deleted is True
        try:
            batches.get_batch("bat_01KPX4MRGJ2N7RBX4K9Y1ESMWF")
        except api.exceptions.NotFoundException as error:
            assert "batch_not_found" in error.body, error.body
        else:
            raise AssertionError("a batch that is not there")
    return calls


if __name__ == "__main__":
    sys.exit(main())
