//! Measurements of the terminal. Of capture: what our pipeline reads and what it costs, beside other decoders on the same pictures in the same run.
//!
//! | item | what it is |
//! |---|---|
//! | [`decode`] | over photographs: who reads what, wrong texts, time by size class |
//! | [`frame`] | over synthetic warehouse frames: labels read, time, and labels read over consecutive frames |
//! | [`formats`] | what it costs to get luma out of a camera's bytes |
//! | `carry` | events over a moving QR code between two screens |
//! | `scan` | the core: a frame in, durable, feedback; long tasks, many expected codes |
//! | `fleet` | many terminals that reconnect at once |
//! | `ingest` | batches taken in and judged by a real server, beside the event rows alone |
//! | `link` | what waits drains over a slow link |
//! | `packs` | code packs imported and issued, beside the code rows alone |
//! | [`contender`] | the decoders that are compared, each behind one trait |
//! | [`race`], [`worker`] | each contender works in a process of its own, which may crash or be ended |
//! | [`collection`], [`texts`] | pictures with what is known of their texts; how texts are compared |
//! | [`measure`] | clocks, percentiles, the machine's load |

#[cfg(feature = "scan")]
pub mod carry;
pub mod collection;
pub mod contender;
pub mod decode;
#[cfg(feature = "link")]
pub mod fleet;
pub mod formats;
pub mod frame;
#[cfg(feature = "link")]
pub mod ingest;
#[cfg(feature = "link")]
pub mod link;
pub mod measure;
#[cfg(feature = "link")]
pub mod packs;
pub mod race;
#[cfg(feature = "scan")]
pub mod scan;
pub mod texts;
pub mod worker;
