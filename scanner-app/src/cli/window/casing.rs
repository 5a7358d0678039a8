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
            session.open_case(text, &[])?;
            let words = ("已拆箱，里面的包装单独算。", "Case opened; what is inside counts by itself.");
            Ok(Some(((words.0.to_owned(), words.1.to_owned()), Outcome::ACCEPTED)))
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
                    self.say(
                        if outcome == Outcome::ACCEPTED { StripTone::Calm } else { StripTone::Trouble },
                        words,
                        None,
                    );
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

    /// A label read on the case's page: the case itself first, then what goes in.
    pub(super) fn put_in_case(&mut self, text: &str, despite: bool) -> Result<()> {
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
