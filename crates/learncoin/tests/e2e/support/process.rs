//! Child processes: how they are started, waited for and ended.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// The time that anything may take that is waited for. Generous: a busy machine is no failure, a hanging program is.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The time that a program may run that is waited for: ten thousand requests may be made from the description.
const LONG_PATIENCE: Duration = Duration::from_secs(1_800);

/// Returns the top of the repository.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).canonicalize().unwrap()
}

/// Returns the binary under test, with none of this process's own settings.
pub(crate) fn learncoin() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_learncoin"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LEARNCOIN_")) {
        command.env_remove(name);
    }
    command
}

/// The exit status and the output of a program that ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Parses the one JSON value that is on standard output.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("standard output is not JSON: {error}\n{self:?}"))
    }
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Ended {
    run_with_input(command, b"")
}

/// Runs a program to its end, with something on its standard input. One that does not end is killed.
pub(crate) fn run_with_input(command: &mut Command, input: &[u8]) -> Ended {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let stdin = child.stdin.take().unwrap();
    let stdout = read_to_end(child.stdout.take().unwrap());
    let stderr = read_to_end(child.stderr.take().unwrap());
    let input = input.to_vec();
    // Written beside reading, so that neither side waits for the other; a program may end without reading.
    std::thread::spawn(move || {
        let _ = { stdin }.write_all(&input);
    });
    let deadline = Instant::now() + LONG_PATIENCE;
    let mut printed = |pipe: Receiver<String>| {
        pipe.recv_timeout(deadline.saturating_duration_since(Instant::now())).unwrap_or_else(|_| {
            let _ = child.kill();
            panic!("{command:?} did not end in time")
        })
    };
    let (stdout, stderr) = (printed(stdout), printed(stderr));
    Ended { status: child.wait().unwrap().code(), stdout, stderr }
}

/// Reads a pipe until it closes, on a thread.
fn read_to_end(mut pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, whole) = channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).expect("programs print UTF-8");
        // The receiver may be gone.
        let _ = sender.send(text);
    });
    whole
}

/// A program that goes on running, with the lines that it prints. It is killed when it is dropped.
pub(crate) struct Running {
    child: Child,
    /// Locked only so that stories on several threads may hold the same server.
    lines: Mutex<Receiver<String>>,
    /// Its output so far, for the message of a failure.
    printed: String,
}

impl Running {
    /// Starts a program and reads the lines of its standard error.
    pub(crate) fn reading_stderr(command: &mut Command) -> Self {
        let mut child = Self::spawn(command.stdout(Stdio::null()).stderr(Stdio::piped()));
        let stderr = child.stderr.take().unwrap();
        Self { child, lines: lines_of(stderr), printed: String::new() }
    }

    /// Starts a program and reads the lines of its standard output.
    pub(crate) fn reading_stdout(command: &mut Command) -> Self {
        let mut child = Self::spawn(command.stdout(Stdio::piped()).stderr(Stdio::null()));
        let stdout = child.stdout.take().unwrap();
        Self { child, lines: lines_of(stdout), printed: String::new() }
    }

    /// Starts a program whose standard error is read line by line, and hands out its standard output.
    pub(crate) fn with_stdout(command: &mut Command) -> (Self, impl Read + use<>) {
        let mut child = Self::spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
        let stdout = child.stdout.take().unwrap();
        let stderr = child.stderr.take().unwrap();
        (Self { child, lines: lines_of(stderr), printed: String::new() }, stdout)
    }

    fn spawn(command: &mut Command) -> Child {
        command
            .stdin(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"))
    }

    /// Reads until a line has what is looked for, and returns what `find` made of it.
    ///
    /// Fails when the program ends first or the deadline passes.
    pub(crate) fn wait_for<T>(&mut self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.next_line(deadline) {
                Ok(line) => {
                    if let Some(found) = find(&line) {
                        return found;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("no {what} in time; it printed:\n{}", self.printed),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("it ended without {what}; it printed:\n{}", self.printed)
                }
            }
        }
    }

    /// Asks it to end, as an operator does, and waits until it has.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        self.ask_to_end();
        self.wait()
    }

    /// Returns the process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and does not wait for it.
    pub(crate) fn ask_to_end(&self) {
        let asked =
            Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status().unwrap();
        assert!(asked.success());
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        // Its pipe closes when it ends, however it ends; so this waits with a deadline and without asking again and again.
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.next_line(deadline) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => {
                    panic!("it did not end in time; it printed:\n{}", self.printed)
                }
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().unwrap(),
            }
        }
    }

    /// Reads the next line that it prints, and keeps it for [`Running::printed`].
    fn next_line(&mut self, deadline: Instant) -> Result<String, RecvTimeoutError> {
        let patience = deadline.saturating_duration_since(Instant::now());
        let line = self.lines.get_mut().unwrap().recv_timeout(patience)?;
        self.printed.push_str(&line);
        self.printed.push('\n');
        Ok(line)
    }

    /// Returns its output so far, as far as it was read.
    pub(crate) fn printed(&self) -> &str {
        &self.printed
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the lines of a pipe on a thread, whether they are wanted or not: an unread pipe would stop the program.
fn lines_of(pipe: impl Read + Send + 'static) -> Mutex<Receiver<String>> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            // The receiver may be gone.
            let _ = sender.send(line);
        }
    });
    Mutex::new(lines)
}
