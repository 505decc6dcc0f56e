//! Credentials with texts as long as they may be, in other scripts, and with titles of three sizes.

use learncoin_testkit::credential;
use serde_json::json;

use super::{Registrar, ada};

/// Titles of three sizes. The card of each is looked at with a logo and without.
pub(super) const TITLES: [(&str, &str); 3] = [
    ("short", "Statistics"),
    ("wrapping", "Advanced Certificate in Data Protection, Information Security and Risk Management"),
    (
        "longest",
        "Professional Certificate in the Foundations and Applications of Statistics, Machine Learning and Data Engineering \
         for Public Administration, Health Care and Education, with a Final Project in Cooperation with a Partner of the School",
    ),
];

impl Registrar {
    /// Issues a credential with each of the titles.
    pub(super) async fn show_titles(&mut self, brand: &str) {
        for (size, title) in TITLES {
            let mut request = ada();
            request["achievement"]["name"] = json!(title);
            let id = self.issue(request).await;
            let name = format!("{brand}-{size}");
            self.show(&name, &id, "Anchored", "valid, DEVELOPMENT", &["Ada Lovelace", title]).await;
            if let Some(page) = self.pages.last_mut() {
                page.thorough = false;
            }
        }
    }
}

/// Texts as long as they may be, and in other scripts.
pub(super) async fn texts(uni: &mut Registrar) {
    let mut request = credential(&"Ada Byron King-Noel Countess of Lovelace ".repeat(6));
    let skill = |number: usize| {
        json!({
            "targetFramework": "CUSTOM",
            "targetCode": format!("ML-{number}-{}", "X".repeat(120)),
            "targetName": format!("Skill {number}: {}", "a long name without end ".repeat(8)),
            "targetUrl": format!("https://yourschool.edu/skills/{}", "long".repeat(200)),
        })
    };
    request["achievement"]["name"] = json!(
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft, Introduction to the Whole of Machine Learning and Its Foundations"
    );
    request["achievement"]["description"] = json!("A paragraph that goes on and on. ".repeat(150));
    request["achievement"]["criteria"]["narrative"] = json!("First line\n\nThird line. ".repeat(40));
    request["achievement"]["alignment"] = (1..=12).map(skill).collect();
    request["evidence"] = json!([
        { "id": format!("https://yourschool.edu/evidence/{}", "e".repeat(600)), "narrative": "Evidence. ".repeat(100) },
        { "narrative": "An interview." },
    ]);
    let id = uni.issue(request).await;
    uni.show("long-texts", &id, "Anchored", "valid, DEVELOPMENT", &["An interview."]).await;

    for (page, name, achievement, description) in [
        (
            "arabic",
            "آدا لوفلايس",
            "مقدمة في تعلّم الآلة",
            "أتمّت الدورة التمهيدية التي استمرت 12 أسبوعًا بامتياز.",
        ),
        (
            "hebrew",
            "עדה לאבלייס",
            "מבוא ללמידת מכונה",
            "השלימה בהצטיינות את קורס המבוא בן 12 השבועות (ML 101).",
        ),
        ("chinese", "艾達·勒芙蕾絲", "機器學習導論", "以優異成績完成為期十二週的入門課程。"),
    ] {
        let mut request = credential(name);
        request["achievement"]["name"] = json!(achievement);
        request["achievement"]["description"] = json!(description);
        let id = uni.issue(request).await;
        uni.show(page, &id, "Anchored", "valid, DEVELOPMENT", &[name, achievement, description]).await;
    }
}
