//! What a command that failed says.

/// The error and its causes, each said once: most of our errors quote their cause themselves.
#[must_use]
pub fn told_once(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match told.as_str() {
        "" => cause,
        _ if told.contains(&cause) => told,
        _ => format!("{told}: {cause}"),
    })
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_cause_that_the_error_quotes_is_not_said_again() {
        let quoted = anyhow!("os error 2").context("t.toml cannot be read: os error 2. Make one");
        assert_eq!(told_once(&quoted), "t.toml cannot be read: os error 2. Make one");
        let apart = anyhow!("os error 2").context("t.toml cannot be read");
        assert_eq!(told_once(&apart), "t.toml cannot be read: os error 2");
    }
}
