//! The documents that tests and the example draw.

use learncoin_credential::Host;
use learncoin_credential::contexts::ContextSet;
use learncoin_credential::document::{Achievement, Document, Issuer, Subject};

/// Creates the credential document of the guides.
pub(crate) fn document() -> Document {
    let host = Host::parse("https://learncoin.example").expect("a host");
    Document {
        contexts: ContextSet::new(&host),
        id: host.credential_url("crd_01KPX4MQ00REJFE5FBD8QX9Y5A"),
        issuer: Issuer {
            id: host.tenant_did("01KPX4MQ005TCNKPH5QY15PQWV"),
            name: "Example University".into(),
            url: None,
            image: None,
        },
        issuance_date: "2026-04-23T12:00:00Z".into(),
        expiration_date: Some("2031-04-23T12:00:00Z".into()),
        nonce: "c45ba76511437ecabd9d2cebcc3ce36e".into(),
        subject: Subject {
            id: "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f".into(),
            name: Some("Ada Lovelace".into()),
            achievement: Achievement {
                id: Some("https://yourschool.edu/credentials/intro-ml".into()),
                name: "Introduction to Machine Learning".into(),
                description: "Completed the 12-week introductory course with distinction.".into(),
                criteria: "Passing grade on the final project.".into(),
                alignment: Vec::new(),
            },
        },
        evidence: Vec::new(),
    }
}

/// A credential's texts in one script.
pub(crate) struct Sample {
    /// The language tag.
    pub(crate) language: &'static str,
    /// The recipient: Ada Lovelace.
    pub(crate) name: &'static str,
    /// The achievement: an introduction to machine learning.
    pub(crate) title: &'static str,
    /// The issuer: an example university.
    pub(crate) issuer: &'static str,
}

impl Sample {
    /// Creates the document of the sample.
    pub(crate) fn document(&self) -> Document {
        let mut document = document();
        document.subject.name = Some(self.name.into());
        document.subject.achievement.name = self.title.into();
        document.subject.achievement.description = format!("{}\n{}", self.title, self.name);
        document.issuer.name = self.issuer.into();
        document
    }
}

/// Samples in the scripts of the shipped fonts.
pub(crate) const SCRIPTS: &[Sample] = &[
    sample("ar", "آدا لوفليس", "مقدمة في تعلّم الآلة", "جامعة المثال"),
    sample("he", "עדה לאבלייס", "מבוא ללמידת מכונה", "אוניברסיטת הדוגמה"),
    sample("hy", "Ադա Լավլեյս", "Մեքենայական ուսուցման ներածություն", "Օրինակելի համալսարան"),
    sample("ka", "ადა ლავლეისი", "მანქანური სწავლების შესავალი", "სამაგალითო უნივერსიტეტი"),
    sample("am", "አዳ ላቭሌስ", "የማሽን ትምህርት መግቢያ", "ምሳሌ ዩኒቨርሲቲ"),
    sample("hi", "एडा लवलेस", "मशीन लर्निंग का परिचय", "उदाहरण विश्वविद्यालय"),
    sample("bn", "এডা লাভলেস", "মেশিন লার্নিং পরিচিতি", "উদাহরণ বিশ্ববিদ্যালয়"),
    sample("ta", "அடா லவ்லேஸ்", "இயந்திரக் கற்றல் அறிமுகம்", "எடுத்துக்காட்டு பல்கலைக்கழகம்"),
    sample("th", "เอดา เลิฟเลซ", "การเรียนรู้ของเครื่องเบื้องต้น", "มหาวิทยาลัยตัวอย่าง"),
    sample("km", "អាដា ឡាវឡេស", "សេចក្តីផ្តើមនៃការរៀនម៉ាស៊ីន", "សាកលវិទ្យាល័យគំរូ"),
];

/// Samples in the scripts that need a folder of fonts.
pub(crate) const IDEOGRAPHS: &[Sample] = &[
    sample("zh-Hans", "阿达·洛芙莱斯", "机器学习导论", "示例大学"),
    sample("zh-Hant", "愛達·勒芙蕾絲", "機器學習導論", "範例大學"),
    sample("ja", "エイダ・ラブレス", "機械学習入門", "サンプル大学"),
    sample("ko", "에이다 러브레이스", "머신러닝 입문", "예시대학교"),
];

const fn sample(
    language: &'static str,
    name: &'static str,
    title: &'static str,
    issuer: &'static str,
) -> Sample {
    Sample { language, name, title, issuer }
}
