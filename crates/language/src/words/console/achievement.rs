//! The texts of the console: the fields of an achievement, on every form that has them.

use crate::words::texts::texts;

texts! {
    /// The fields of an achievement.
    AchievementFormWords {
        /// The heading of the fields.
        title,
        /// The label of the name.
        name,
        /// The hint on it.
        name_hint,
        /// The label of the description.
        description,
        /// The hint on it.
        description_hint,
        /// The label of the criteria.
        criteria,
        /// The hint on them.
        criteria_hint,
        /// The heading of the skills.
        skills,
        /// The explanation of them.
        skills_hint,
        /// The heading of a skill. `{number}` is its number.
        skill,
        /// The label of the framework.
        framework,
        /// The choice of no framework.
        no_framework,
        /// The name of the framework for skills of one's own.
        custom,
        /// The label of the code.
        code,
        /// The label of the skill's name.
        skill_name,
        /// The label of the skill's address.
        skill_url,
        /// The button that adds a skill to the form.
        add_skill,
        /// The heading of the fields that few need.
        more,
        /// The label of the definition's address.
        id,
        /// The hint on it.
        id_hint,
        /// The label of the picture's address.
        image,
        /// The hint on it.
        image_hint,
        /// The mark of a field that may be empty.
        optional,
        /// The fault of a field that must not be empty.
        missing,
        /// The fault of an address of a picture. `{found}` is what was written.
        bad_image,
        /// The fault of an identifier. `{found}` is what was written.
        bad_identifier,
        /// The fault of a recipient's id. `{found}` is what was written.
        bad_recipient_id,
        /// The fault of a field that the form does not have.
        bad_other,
    }
}
