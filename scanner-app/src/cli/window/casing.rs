//! Cases (S10): built, opened, checked.

use anyhow::Result;

use super::clerk::Clerk;
use crate::session::cases::{CaseError, CheckStanding, ChildAnswer, FoundAnswer};
use crate::ui::Intent;
use crate::ui::intent::CaseAct;
use crate::ui::route::{Move, Page};
use crate::ui::view::{Outcome, Pair, StripTone};

impl Clerk {
    pub(super) fn want_of_case(&mut self, intent: &Intent) -> Result<()> {
        self.state.case.about = None;
        match *intent {
            Intent::CaseBegin(act) => self.case_begin(act),
            Intent::CaseMode(mode) => {
                self.state.case.mode = mode;
                self.state.case.answer = None;
                Ok(())
            }
            Intent::CaseUndo => self.case(|session| session.take_out_last().map(|_| None)),
            Intent::CaseGiveUp => self.case(|session| session.give_up_case().map(|()| None)),
            Intent::CaseFinish(remainder) => self.case(|session| {
                let filling = session.finish_case(remainder)?;
                let words = filling.words();
                Ok(Some(((format!("装箱完成 {words}"), format!("Case finished, {words}")), Outcome::ACCEPTED)))
            }),
            Intent::CaseDespite => match self.state.case.insist.take() {
                Some(text) => self.put_in_case(&text, true),
                None => Ok(()),
            },
            Intent::CheckUndo => self.case(|session| session.unfind_last().map(|_| None)),
            Intent::CheckLeave => self.case(|session| session.leave_check().map(|()| None)),
            Intent::CheckFinish => self.case(|session| {
                let standing = session.finish_check()?;
                let is_good = standing.missing.is_empty() && standing.foreign() == 0;
                Ok(Some((checked_words(&standing), if is_good { Outcome::ACCEPTED } else { Outcome::WRONG })))
            }),
            _ => Ok(()),
        }
    }

    fn open_case(&mut self, text: &str) -> Result<()> {
        self.case(|session| {
            let (words, outcome) = if session.open_case(text, &[])? {
                (("已拆箱，里面的包装单独算。", "Case opened; what is inside counts by itself."), Outcome::ACCEPTED)
            } else {
                (
                    ("此箱已拆过，不重复记录。", "This case is open already; nothing is recorded twice."),
                    Outcome::DUPLICATE,
                )
            };
            Ok(Some(((words.0.to_owned(), words.1.to_owned()), outcome)))
        })
    }

    fn case_begin(&mut self, act: CaseAct) -> Result<()> {
        let Page::Package(text) = self.route.page().clone() else { return Ok(()) };
        match act {
            CaseAct::Build => {
                self.go(Move::To(Page::Case));
                self.case(|session| session.build_case(&text).map(|_| None))
            }
            CaseAct::Open => {
                self.open_case(&text)?;
                if let Some((words, outcome)) = self.state.case.answer.clone() {
                    self.say(if outcome == Outcome::WRONG { StripTone::Trouble } else { StripTone::Calm }, words, None);
                }
                Ok(())
            }
            CaseAct::Check => {
                self.go(Move::To(Page::Case));
                self.case(|session| session.begin_check(&text).map(|()| None))
            }
        }
    }

    /// An act on the case that is being built, its words or its refusal shown.
    fn case(
        &mut self,
        act: impl FnOnce(&mut crate::session::Session) -> Result<Option<(Pair, Outcome)>, CaseError>,
    ) -> Result<()> {
        let Some(session) = self.work.session() else { return Ok(()) };
        self.state.case.insist = None;
        match act(session) {
            Ok(answer) => self.state.case.answer = answer,
            Err(CaseError::Store(error)) => {
                self.or_full::<()>(Err(error))?;
            }
            Err(error) => self.state.case.answer = Some((case_words(&error), Outcome::WRONG)),
        }
        self.state.stale();
        self.worker.wake();
        Ok(())
    }

    /// Labels read together on the case's page. Where none is begun the case among them is, and the others are read again; else each
    /// is taken, and the gravest answer stays.
    pub(super) fn read_into_case(&mut self, texts: &[&str]) -> Result<()> {
        if !self.is_case_begun()? {
            let Some(text) = self.first_case(texts)? else { return Ok(()) };
            self.put_in_case(text, false)?;
            if self.is_case_begun()? {
                self.eye.look_again(|other| other != text);
            }
            return Ok(());
        }
        let mut answers = Vec::new();
        for text in texts {
            self.put_in_case(text, false)?;
            let case = &mut self.state.case;
            let (insist, about) = (case.insist.take(), case.about.take());
            answers.extend(case.answer.take().map(|answer| Answered { answer, insist, about }));
        }
        if let Some(Answered { answer, insist, about }) = together(answers) {
            let case = &mut self.state.case;
            (case.answer, case.insist, case.about) = (Some(answer), insist, about);
        }
        Ok(())
    }

    fn is_case_begun(&mut self) -> Result<bool> {
        let Some(session) = self.work.session() else { return Ok(false) };
        Ok(session.case_check()?.is_some() || session.case_draft()?.is_some())
    }

    /// The label of a case, else the first.
    fn first_case<'t>(&mut self, texts: &[&'t str]) -> Result<Option<&'t str>> {
        let Some(session) = self.work.session() else { return Ok(None) };
        for text in texts {
            if session.is_of_a_case(text)? {
                return Ok(Some(text));
            }
        }
        Ok(texts.first().copied())
    }

    /// A label read on the case's page: the case itself first, then what goes in.
    fn put_in_case(&mut self, text: &str, despite: bool) -> Result<()> {
        let mode = self.state.case.mode;
        self.state.case.about = Some(text.to_owned());
        let Some(session) = self.work.session() else { return Ok(()) };
        if session.case_check()?.is_some() {
            return self.case(|session| {
                let answer = session.found_inside(text)?;
                let said = answer.words();
                let outcome = match answer {
                    FoundAnswer::Belongs => Outcome::ACCEPTED,
                    FoundAnswer::Already => Outcome::DUPLICATE,
                    _ => Outcome::WRONG,
                };
                Ok(Some(((said.zh, said.en), outcome)))
            });
        }
        if session.case_draft()?.is_none() {
            return match mode {
                CaseAct::Build => self.case(|session| session.build_case(text).map(|_| None)),
                CaseAct::Open => self.open_case(text),
                CaseAct::Check => self.case(|session| session.begin_check(text).map(|()| None)),
            };
        }
        let answer = session.put_in(text, despite)?;
        let said = answer.words();
        self.state.case.insist = matches!(answer, ChildAnswer::InAnotherCase(_)).then(|| text.to_owned());
        let outcome = match answer {
            ChildAnswer::Added(_) => Outcome::ACCEPTED,
            ChildAnswer::Already(_) => Outcome::DUPLICATE,
            _ => Outcome::WRONG,
        };
        self.state.case.answer = Some(((said.zh, said.en), outcome));
        Ok(())
    }
}

/// The answer to one label on the case's page.
#[derive(Debug)]
struct Answered {
    answer: (Pair, Outcome),
    /// The label that the clerk may put in all the same.
    insist: Option<String>,
    about: Option<String>,
}

/// The answer to labels that were read together: the gravest, of equal ones the newest; and how many more are wrong.
fn together(answers: Vec<Answered>) -> Option<Answered> {
    let gravity = |outcome: Outcome| match outcome {
        Outcome::ACCEPTED => 0,
        Outcome::DUPLICATE => 1,
        _ => 2,
    };
    let wrong = answers.iter().filter(|one| one.answer.1 == Outcome::WRONG).count();
    let mut gravest = answers.into_iter().max_by_key(|one| gravity(one.answer.1))?;
    if wrong > 1 {
        let ((zh, en), more) = (&mut gravest.answer.0, wrong - 1);
        *zh = format!("{zh}另有 {more} 个也不对。");
        *en = format!("{en} {more} more {} wrong too.", if more == 1 { "is" } else { "are" });
    }
    Some(gravest)
}

/// What a check found.
fn checked_words(standing: &CheckStanding) -> Pair {
    let (found, missing, foreign) = (standing.found.len(), standing.missing.len(), standing.foreign());
    if missing == 0 && foreign == 0 {
        return (format!("核对完成，{found} 个都在。"), format!("Checked: all {found} are there."));
    }
    (
        format!("已记录：少 {missing}，多 {foreign}。多的放隔离区，通知主管。"),
        format!("Recorded: {missing} short, {foreign} extra. Put the extra ones aside, tell the supervisor."),
    )
}

/// A refusal, as a clerk reads it.
fn case_words(error: &CaseError) -> Pair {
    let zh = match error {
        CaseError::NotACode(_) => "不是包装码。扫箱自己的标签。没有记录。".to_owned(),
        CaseError::NotACase => "这是单盒，里面没有东西。扫箱的标签。没有记录。".to_owned(),
        CaseError::AnotherDraft(_) => "另一箱还没做完。先完成或放弃它。没有丢失。".to_owned(),
        CaseError::NoDraft => "还没开始。先扫箱的标签。".to_owned(),
        CaseError::Empty => "箱里还没有东西。扫放进去的包装，或放弃。".to_owned(),
        CaseError::NotFull { children, of } => format!("才 {children} / {of}。扫完其余，或按尾箱完成。没有丢失。"),
        CaseError::Store(_) => "没有记录。再试一次。".to_owned(),
    };
    (zh, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(zh: &str, outcome: Outcome) -> Answered {
        let answer = ((zh.to_owned(), zh.to_owned()), outcome);
        Answered { answer, insist: (outcome == Outcome::WRONG).then(|| zh.to_owned()), about: None }
    }

    #[test]
    fn of_labels_that_are_read_together_the_gravest_is_told_and_how_many_more() {
        assert!(together(Vec::new()).is_none());
        let told = |answers: &[(&str, Outcome)]| {
            let answers = answers.iter().map(|(zh, outcome)| answered(zh, *outcome)).collect();
            let Answered { answer: ((zh, en), outcome), insist, .. } = together(answers).unwrap();
            (zh, en, outcome, insist)
        };
        let (in_one, in_two, twice) =
            (("1 / 6", Outcome::ACCEPTED), ("2 / 6", Outcome::ACCEPTED), ("again", Outcome::DUPLICATE));
        assert_eq!(told(&[in_one, in_two]).0, "2 / 6");
        assert_eq!(told(&[twice, in_two]).0, "again");
        let other = told(&[in_one, ("other", Outcome::WRONG), twice]);
        assert_eq!(other, ("other".into(), "other".into(), Outcome::WRONG, Some("other".into())));
        let both = told(&[("one", Outcome::WRONG), ("two", Outcome::WRONG), in_one]);
        assert_eq!((&*both.0, &*both.1), ("two另有 1 个也不对。", "two 1 more is wrong too."));
    }
}
