//! A panic in one unit stays in that unit: it becomes a message, and nothing is printed.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
    static MESSAGE: RefCell<Option<String>> = const { RefCell::new(None) };
}

static HOOK: Once = Once::new();

/// The program's panic hook prints; ours keeps quiet on a thread that is inside [`contain`], and hands every other
/// panic to the hook that stood before.
fn install_hook() {
    HOOK.call_once(|| {
        let former = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if CONTAINED.get() {
                let payload = info.payload();
                let text = payload
                    .downcast_ref::<&str>()
                    .copied()
                    .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
                    .unwrap_or("no message");
                let place =
                    info.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
                MESSAGE.set(Some(format!("panicked: {text}{place}")));
            } else {
                former(info);
            }
        }));
    });
}

/// Runs `work`; a panic inside becomes `Err` with its message and place in the source.
///
/// # Errors
/// What `work` returns, or `panicked: …`.
pub fn contain<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    install_hook();
    let outer = CONTAINED.replace(true);
    // Whatever `work` left half-done is dropped with its error, so that no one sees a broken invariant.
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    CONTAINED.set(outer);
    result.unwrap_or_else(|_| Err(MESSAGE.take().unwrap_or_else(|| "panicked".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_become_messages() {
        let result: Result<(), _> = contain(|| panic!("books are {} ETH short", 3));
        let message = result.unwrap_err();
        assert!(message.starts_with("panicked: books are 3 ETH short ("), "{message}");
        assert!(message.contains("containment.rs:"));
        assert_eq!(contain(|| Ok(1)), Ok(1));
        assert_eq!(contain::<()>(|| Err("no".into())), Err("no".into()));
    }
}
