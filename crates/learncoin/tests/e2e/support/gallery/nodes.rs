//! Credentials that are anchored on EVM nodes with the chain ids of Base.

use std::sync::Arc;

use learncoin_chain::network::{BASE_MAINNET, BASE_SEPOLIA};
use learncoin_chain::rpc::{Client, HttpTransport, Timeouts};
use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_issuance::{Chain, Chains};
use learncoin_testkit::{Caller, TestApp};
use serde_json::json;

use super::{LOGO_PATH, Registrar, START, Shown, ada};
use crate::support::anvil::Anvil;
use crate::support::http::wait;
use crate::support::site::Site;

/// Returns the pages of what is anchored on Base and on its test network.
pub(super) fn on_nodes(site: &Site) -> (TestApp, Vec<Shown>, [Anvil; 2]) {
    let nodes = [BASE_SEPOLIA, BASE_MAINNET].map(|chain_id| {
        let node = Anvil::start(chain_id);
        node.call("evm_setTime", &json!([START]));
        node
    });
    let [test, live] = nodes.each_ref();
    let chains = Chains {
        test: Some(chain(BASE_SEPOLIA, test, "https://sepolia.basescan.org/tx/")),
        live: Some(chain(BASE_MAINNET, live, "https://basescan.org/tx/")),
    };
    let (app, _) = wait(TestApp::builder().private_targets().nodes(chains).serve());
    let caller = wait(app.tenant("Example University"));
    // The environment's address is made with its first key.
    let in_live = wait(caller.live());
    for address in wait(addresses(&caller)) {
        nodes.iter().for_each(|node| node.fund(&address));
    }
    let tenant_id = caller.tenant_id.clone();
    let mut uni = Registrar::new(caller);
    wait(async {
        let id = uni.issue(ada()).await;
        uni.show("valid-test", &id, "Anchored", "valid, TEST", &["Ada Lovelace"]).await;
    });
    let mut uni_live = Registrar::new(in_live);
    let id = wait(uni_live.issue(ada()));
    wait(uni_live.show("valid", &id, "Anchored", "valid", &["Ada Lovelace"]));
    wait(async {
        let logo = format!("{}{LOGO_PATH}", site.origin());
        let branding = json!({ "accent_color": "#0B3D91", "logo_url": logo });
        uni_live
            .patch(json!({ "display_name": "Famous University", "verify_page_branding": branding }))
            .await;
        // A page names the issuer as it was when the credential was signed. The operator has a new name since.
        let id = uni_live.issue(ada()).await;
        let renamed = TenantUpdate { name: Some("Famous University".to_owned()), ..TenantUpdate::default() };
        app.issuance().tenants.update_tenant(&tenant_id, renamed).await.unwrap();
        uni_live.show("unconfirmed-name", &id, "Anchored", "valid", &["Example University"]).await;
    });

    // The node forgets the newest transaction, as in a reorganization.
    let before = live.call("evm_snapshot", &json!([]));
    let id = wait(uni_live.issue(ada()));
    assert_eq!(live.call("evm_revert", &json!([before])), json!(true));
    let (badge, state) = ("Anchored, re-confirming", "Anchored, re-confirming, not valid");
    wait(uni_live.show("re-confirming", &id, badge, state, &["Ada Lovelace"]));
    (app, [uni.pages, uni_live.pages].concat(), nodes)
}

fn chain(chain_id: u64, node: &Anvil, explorer: &str) -> Chain {
    let transport = HttpTransport::new(node.url().parse().unwrap(), Timeouts::default()).unwrap();
    Chain {
        confirmations: 1,
        poll_ms: 1_000,
        ..Chain::new(chain_id, Client::new(Arc::new(transport)), explorer.to_owned())
    }
}

/// Returns the addresses that a tenant's anchors are paid from.
async fn addresses(tenant: &Caller) -> Vec<String> {
    let profile =
        tenant.app.get(&format!("/tenants/{}/issuer.json", tenant.tenant_id.ulid())).await.expect(200);
    let keys = profile["publicKey"].as_array().unwrap();
    keys.iter().map(|key| key["id"].as_str().unwrap().rsplit(':').next().unwrap().to_owned()).collect()
}
