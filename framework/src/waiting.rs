//! How a request waits for another coroutine or thread.
//!
//! All of it rests on `coroutine::park`. When a coroutine goes to sleep, May first puts it where whoever
//! wakes it finds it, and looks once more at what belongs to the coroutine after that; if the coroutine
//! has run to its end by then, that is freed memory. May's timers and the channels on them are open to
//! that, and a timer that runs out before the coroutine is there to be found never wakes it. Parking is
//! safe: its memory waits for the one who is late.
//!
//! | module | holds |
//! |---|---|
//! | `sleeper` | [`Sleeper`]: who waits, a coroutine or a thread |
//! | `alarm` | [`Alarm`]: wakes sleepers when it is time |
//! | `mailbox` | [`mailbox`]: values from others, until a time |

mod alarm;
mod mailbox;
mod sleeper;

pub(crate) use alarm::Alarm;
pub(crate) use mailbox::{Receiver, Sender, Silence, mailbox};
pub(crate) use sleeper::Sleeper;
