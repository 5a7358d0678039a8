//! What the guest told, line by line: `guest up`, for each case `case NAME` with the probe's lines, and `guest done`.

/// One line of the probe's; its words are those of `camera_vm::probe::watch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// The source is open.
    Opened,
    /// What the driver streams, as `YUYV 1280x720`.
    Format(&'a str),
    /// A picture came, as `1280x720`.
    Frame(&'a str),
    /// A text read in the picture before.
    Text(&'a str),
    /// An error that a clerk would see.
    Error(&'a str),
    /// A camera that is listed, as `30 GRAY,YUYV 12`: its number, its formats, how many controls.
    Camera(&'a str),
    /// The source gave neither picture nor error for so many milliseconds.
    Silent(&'a str),
    /// Time was up before enough was seen.
    Late(&'a str),
    /// The source has ended.
    Ended,
    /// The probe's exit code.
    Left(&'a str),
    /// None of these.
    Other(&'a str),
}

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Self {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "opened" => Self::Opened,
            "format" => Self::Format(rest),
            "frame" => Self::Frame(rest),
            "text" => Self::Text(rest),
            "error" => Self::Error(rest),
            "camera" => Self::Camera(rest),
            "silent" => Self::Silent(rest),
            "late" => Self::Late(rest),
            "ended" => Self::Ended,
            "left" => Self::Left(rest),
            _ => Self::Other(line),
        }
    }
}

/// A transcript taken apart.
#[derive(Debug, Default)]
pub struct Transcript<'a> {
    /// The guest's script ran.
    pub is_up: bool,
    /// It ran to its end.
    pub is_done: bool,
    /// Cases by name with their lines, in the order told.
    pub cases: Vec<(&'a str, Vec<Line<'a>>)>,
    /// What was said before the first case.
    pub before: Vec<&'a str>,
}

impl<'a> Transcript<'a> {
    /// Takes a transcript apart; anything is one.
    pub fn of(text: &'a str) -> Self {
        let mut transcript = Self::default();
        for line in lines(text) {
            match line {
                "guest up" => transcript.is_up = true,
                "guest done" => transcript.is_done = true,
                _ => match (line.strip_prefix("case "), transcript.cases.last_mut()) {
                    (Some(name), _) => transcript.cases.push((name, Vec::new())),
                    (None, Some((_, said))) => said.push(Line::of(line)),
                    (None, None) => transcript.before.push(line),
                },
            }
        }
        transcript
    }
}

/// The last lines; where cases are named that are told of, the last of each of theirs. Lines told over and over are one.
pub fn tail(text: &str, names: &[&str], most: usize) -> Vec<String> {
    let all: Vec<&str> = lines(text).collect();
    let mut sections: Vec<Vec<&str>> = Vec::new();
    for line in &all {
        match (line.strip_prefix("case "), sections.last_mut()) {
            (Some(_), _) | (None, None) => sections.push(vec![line]),
            (None, Some(section)) => section.push(line),
        }
    }
    let named = |section: &&Vec<&str>| section[0].strip_prefix("case ").is_some_and(|name| names.contains(&name));
    let mut shown = Vec::new();
    for section in sections.iter().filter(named) {
        let once = once(section);
        // The name stays in sight.
        shown.extend(once.first().filter(|_| once.len() > most).cloned());
        shown.extend_from_slice(&once[once.len().saturating_sub(most)..]);
    }
    if shown.is_empty() {
        let once = once(&all);
        shown.extend_from_slice(&once[once.len().saturating_sub(most)..]);
    }
    shown
}

/// Each run of equal lines as one, with how many there were.
fn once(lines: &[&str]) -> Vec<String> {
    let runs = lines.chunk_by(|one, next| one == next);
    runs.map(|run| if run.len() == 1 { run[0].to_owned() } else { format!("{} ({} times)", run[0], run.len()) })
        .collect()
}

/// Lines as the guest wrote them: its serial line ends them with carriage return and line feed.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_have_their_lines() {
        let text = "guest up\r\nno module vivid\r\ncase a\r\nopened\r\ntext X Y\r\n\r\ncase b\r\nerror gone\r\nrubbish\r\nguest done\r\n";
        let transcript = Transcript::of(text);
        assert!(transcript.is_up && transcript.is_done);
        assert_eq!(transcript.before, ["no module vivid"]);
        assert_eq!(transcript.cases[0], ("a", vec![Line::Opened, Line::Text("X Y")]));
        assert_eq!(transcript.cases[1], ("b", vec![Line::Error("gone"), Line::Other("rubbish")]));
    }

    #[test]
    fn the_tail_is_of_the_cases_named() {
        let text = "guest up\ncase a\n1\n2\n3\ncase b\n4\n";
        assert_eq!(tail(text, &["a"], 2), ["case a", "2", "3"]);
        assert_eq!(tail(text, &["a", "b"], 9), ["case a", "1", "2", "3", "case b", "4"]);
        assert_eq!(tail(text, &["c"], 2), ["case b", "4"]);
        assert_eq!(tail("case a\nno\nno\nno\nyes\n", &["a"], 9), ["case a", "no (3 times)", "yes"]);
        assert!(tail("", &["a"], 2).is_empty());
    }
}
