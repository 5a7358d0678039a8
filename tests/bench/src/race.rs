//! The contenders at work: started, fed with the same pictures in turn, ended when they stall.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use vision::LumaView;

use crate::contender::Name;
use crate::worker::{Answer, Greeting, Kind, send};

/// How often a working contender is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How long a contender may take to be ready.
const START: Duration = Duration::from_secs(20);
/// On a busy machine a contender waits: its guard counts work, up to this many times as long on the wall.
const WAITING: u32 = 10;

/// Why a picture was not finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The contender's process ended.
    Crashed,
    /// It worked longer than the guard allows and was ended.
    TimedOut,
}

/// What a contender made of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What it read; nothing after a fault.
    pub texts: Vec<String>,
    /// Its CPU time, ms; after a fault what it had used, as far as known.
    pub cpu_ms: f64,
    /// Its time on the wall, ms.
    pub wall_ms: f64,
    /// What went wrong.
    pub fault: Option<Fault>,
}

/// A contender that takes part.
pub struct Runner {
    /// Who it is.
    pub name: Name,
    /// Its version and settings.
    pub settings: String,
    /// Whether frames of a sequence are to be sent as such.
    pub follows_frames: bool,
    guard: Duration,
    process: Process,
}

/// Who takes part, and who does not and why.
pub struct Field {
    /// In the order of the names asked for.
    pub runners: Vec<Runner>,
    /// Name and reason.
    pub absent: Vec<(Name, String)>,
    turn: usize,
}

impl Field {
    /// Starts those that can be started; none may work longer than `guard` (CPU time) on one picture.
    #[must_use]
    pub fn start(names: &[Name], guard: Duration) -> Self {
        let (mut runners, mut absent): (Vec<Runner>, Vec<(Name, String)>) = (Vec::new(), Vec::new());
        for name in names {
            let taken = runners.iter().any(|runner| runner.name == *name) || absent.iter().any(|(out, _)| out == name);
            if taken {
                continue;
            }
            match Runner::start(*name, guard) {
                Ok(runner) => runners.push(runner),
                Err(why) => absent.push((*name, why)),
            }
        }
        Self { runners, absent, turn: 0 }
    }

    /// Gives every contender one picture whose outcome does not count.
    pub fn warm_up(&mut self, view: &LumaView<'_>) {
        for runner in &mut self.runners {
            runner.read(Kind::Picture, view);
        }
    }

    /// Lets all that `wanted` names read the picture, one after the other, beginning with another each time: what else happens
    /// on the machine hits all alike. Outcomes are in the order of `runners`, `None` for those left out.
    pub fn read(&mut self, kind: Kind, view: &LumaView<'_>, wanted: impl Fn(&Runner) -> bool) -> Vec<Option<Outcome>> {
        let count = self.runners.len();
        let mut outcomes: Vec<Option<Outcome>> = vec![None; count];
        for at in (0..count).map(|offset| (self.turn + offset) % count) {
            if wanted(&self.runners[at]) {
                outcomes[at] = Some(self.runners[at].read(kind, view));
            }
        }
        self.turn = self.turn.wrapping_add(1);
        outcomes
    }
}

impl Runner {
    fn start(name: Name, guard: Duration) -> Result<Self, String> {
        let (process, greeting) = Process::start(name)?;
        match greeting {
            Greeting::Ready { settings, follows_frames } => Ok(Self { name, settings, follows_frames, guard, process }),
            Greeting::Absent(why) => Err(why),
        }
    }

    /// What it makes of one picture. After a fault it is started anew.
    pub fn read(&mut self, kind: Kind, view: &LumaView<'_>) -> Outcome {
        let started = Instant::now();
        let before_ms = self.process.cpu_ms();
        let sent = self.process.stdin.as_mut().is_some_and(|stdin| send(stdin, kind, view).is_ok());
        let fault = loop {
            if !sent {
                break Fault::Crashed;
            }
            match self.process.lines.recv_timeout(LOOK) {
                Ok(line) => match serde_json::from_str::<Answer>(&line) {
                    Ok(Answer { texts, cpu_ms, wall_ms }) => return Outcome { texts, cpu_ms, wall_ms, fault: None },
                    Err(_) => break Fault::Crashed,
                },
                Err(RecvTimeoutError::Disconnected) => break Fault::Crashed,
                Err(RecvTimeoutError::Timeout) => {
                    let worked = self.process.cpu_ms() - before_ms > self.guard.as_secs_f64() * 1e3;
                    if worked || started.elapsed() > self.guard * WAITING {
                        break Fault::TimedOut;
                    }
                }
            }
        };
        let cpu_ms = (self.process.cpu_ms() - before_ms).max(0.0);
        // The old process ends as it is dropped. If no new one comes, every further picture counts as a crash.
        if let Ok((process, _)) = Process::start(self.name) {
            self.process = process;
        }
        Outcome { texts: Vec::new(), cpu_ms, wall_ms: started.elapsed().as_secs_f64() * 1e3, fault: Some(fault) }
    }
}

/// A worker process; ended when dropped.
struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Process {
    fn start(name: Name) -> Result<(Self, Greeting), String> {
        let program = program(name)?;
        let mut command = Command::new(&program);
        // What a crashing decoder writes is not ours to show; that it crashed is counted.
        command.args(["worker", name.key()]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| {
            format!("{} cannot be started ({error}); `cargo xtask bench` builds it", program.display())
        })?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            let lines = stdout.into_iter().flat_map(|out| BufReader::new(out).lines());
            // Ends with the process, or when nobody listens any more.
            lines.map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let process = Self { child, stdin, lines };
        let first = process.lines.recv_timeout(START).map_err(|_| {
            format!("{} did not become ready; build it anew with `cargo xtask bench`", program.display())
        })?;
        let greeting = serde_json::from_str(&first)
            .map_err(|error| format!("{} says what is not understood: {error}", program.display()))?;
        Ok((process, greeting))
    }

    /// CPU time that the process has used so far, ms, in steps of 10; 0 where the kernel does not tell.
    fn cpu_ms(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        used_ms(&stat).unwrap_or(0.0)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Either may fail only because it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// User and system time of a `/proc/PID/stat` line. The name, which may hold anything, ends at the last bracket.
fn used_ms(stat: &str) -> Option<f64> {
    let (_, after) = stat.rsplit_once(')')?;
    let mut times = after.split_whitespace().skip(11).map(|ticks| ticks.parse::<f64>().ok());
    // The kernel counts for programs in hundredths of a second.
    Some((times.next()?? + times.next()??) * 10.0)
}

/// The pure build is a program of its own beside this one.
fn program(name: Name) -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|error| format!("this program cannot find itself: {error}"))?;
    Ok(if name == Name::OursPure { this.with_file_name("bench-pure") } else { this })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_times_are_understood() {
        let stat = "77 (a (b) c) S 1 77 77 0 -1 4194304 100 0 0 0 150 25 0 0 20 0 4 0 1000 1 1";
        assert_eq!(used_ms(stat), Some(1750.0));
        assert_eq!(used_ms(""), None);
    }
}
