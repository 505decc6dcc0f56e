//! A shorter way to write a struct whose fields are all texts.

/// Defines a struct of texts: each line is a documented field.
macro_rules! texts {
    ($(#[$doc:meta])* $name:ident { $($(#[$text:meta])* $field:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$text])* pub $field: String,)*
        }
    };
}

pub(super) use texts;
