use crate::answer::unavailable;
use crate::clean::{clean, shorten};
use countersign_plugin::forge::ForgeError;
use countersign_plugin::{Failure, Receipt};

/// What is known after a call of the forge that came to nothing. Only a lost answer leaves it open.
///
/// # Errors
/// A [`Failure`] where it is certain that nothing took effect, or that doing it again does no harm.
pub fn told(error: ForgeError) -> Result<Receipt, Failure> {
    let words = |text: &str| shorten(&clean(text), 500);
    match error {
        ForgeError::DryRun => Ok(Receipt::DryRun),
        ForgeError::Unknown(text) => Ok(Receipt::Unknown(words(&text))),
        ForgeError::Denied(text) => Err(Failure::Denied(text)),
        ForgeError::Limited(seconds) => {
            Err(unavailable("the forge takes no more requests now", Some(seconds.into())))
        }
        ForgeError::Unavailable(text) => Err(unavailable(&text, None)),
        ForgeError::NotFound(text) | ForgeError::Refused(text) | ForgeError::Other(text) => {
            Err(Failure::Other(words(&text)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lost_answer_leaves_the_effect_unknown() {
        assert!(matches!(told(ForgeError::Unknown("lost".into())), Ok(Receipt::Unknown(_))));
        assert!(matches!(told(ForgeError::DryRun), Ok(Receipt::DryRun)));
        assert!(matches!(told(ForgeError::Denied("`dispatch`".into())), Err(Failure::Denied(_))));
        let limited = told(ForgeError::Limited(60));
        assert!(matches!(limited, Err(Failure::Unavailable(text)) if text.ends_with("; retry-after: 60")));
        assert!(matches!(told(ForgeError::Unavailable("x".into())), Err(Failure::Unavailable(_))));
        for certain in [
            ForgeError::NotFound("x".into()),
            ForgeError::Refused("x\u{1b}[2J".into()),
            ForgeError::Other("x".into()),
        ] {
            let certain = told(certain);
            assert!(matches!(certain, Err(Failure::Other(text)) if !text.contains('\u{1b}')));
        }
    }
}
