//! Videos as programs write them, whole, cut and wrong.

use std::io::Write;

use super::*;
use crate::capture::playback::Times;

/// An 8x8 JPEG of one shade: every block is its first coefficient and an end mark.
fn jpeg(is_dark: bool) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1, 0, 8];
    // A segment that holds an end of picture, as thumbnails do.
    bytes.extend([0xff, 0xd8, 0, 0, 0xff, 0xd9]);
    bytes.extend([0xff, 0xdb, 0, 67, 0]);
    bytes.extend([8; 64]);
    bytes.extend([0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
    bytes.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
    // Category 6 (code 1110), value -63 or 63, then the end mark 1010 and ones.
    bytes.extend(if is_dark { [0b1110_0000, 0b0010_1011] } else { [0b1110_1111, 0b1110_1011] });
    bytes.extend([0xff, 0xd9]);
    bytes
}

fn chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = [&name[..], &u32::try_from(content.len()).unwrap().to_le_bytes(), content].concat();
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

fn list(kind: [u8; 4], content: &[Vec<u8>]) -> Vec<u8> {
    chunk(*b"LIST", &[&kind[..], &content.concat()].concat())
}

fn stream(kind: [u8; 4], codec: [u8; 4]) -> Vec<u8> {
    let mut head = [kind, codec].concat();
    head.resize(20, 0);
    head.extend([1_u32.to_le_bytes(), 20_u32.to_le_bytes()].concat());
    head.resize(56, 0);
    let mut format = vec![0; 16];
    format.extend(codec);
    format.resize(40, 0);
    list(*b"strl", &[chunk(*b"strh", &head), chunk(*b"strf", &format)])
}

/// An AVI with sound before its pictures, as capture programs write it, and a second part.
fn avi(codec: [u8; 4], frames: &[Vec<u8>]) -> Vec<u8> {
    let header = list(*b"hdrl", &[chunk(*b"avih", &[0; 56]), stream(*b"auds", *b"\0\0\0\0"), stream(*b"vids", codec)]);
    let of = |frames: &[Vec<u8>]| -> Vec<Vec<u8>> {
        frames.iter().flat_map(|frame| [chunk(*b"01wb", &[1, 2, 3]), chunk(*b"01dc", frame)]).collect()
    };
    let first = [b"AVI ".to_vec(), header, list(*b"movi", &of(frames)), chunk(*b"idx1", &[0; 32])].concat();
    let second = [b"AVIX".to_vec(), list(*b"movi", &of(&frames[..1]))].concat();
    [chunk(*b"RIFF", &first), chunk(*b"RIFF", &second)].concat()
}

fn y4m(head: &str, frames: &[Vec<u8>]) -> Vec<u8> {
    let frames = frames.iter().flat_map(|frame| [&b"FRAME\n"[..], frame].concat());
    [format!("YUV4MPEG2 {head}\n").into_bytes(), frames.collect()].concat()
}

/// Times and first pixels of all frames, 0 for none, and the errors.
type Played = (Vec<(u64, u8)>, Vec<String>);

fn play(bytes: &[u8], playback: Playback) -> Result<Played, CaptureError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut video = Video::open(file.path(), playback)?;
    let (mut seen, mut errors) = (Vec::new(), Vec::new());
    while let Some(input) = video.next() {
        match input {
            Ok(Input { at_ms, seen: Seen::Picture(luma) }) => seen.push((at_ms, luma.view().pixel(0, 0))),
            Ok(Input { at_ms, .. }) => seen.push((at_ms, 0)),
            Err(error) => {
                assert!(error.is_passing(), "{error}");
                errors.push(error.to_string());
            }
        }
        assert!(seen.len() + errors.len() < 10_000, "a video without end");
    }
    Ok((seen, errors))
}

fn all(bytes: &[u8]) -> Vec<(u64, u8)> {
    let (seen, errors) = play(bytes, Playback::default()).unwrap();
    assert!(errors.is_empty(), "{errors:?}");
    seen
}

fn refused(bytes: &[u8]) -> String {
    play(bytes, Playback::default()).unwrap_err().to_string()
}

const DARK: u8 = 65;
const LIGHT: u8 = 191;

#[test]
fn an_avi_gives_its_frames_at_its_rate() {
    let frames = [jpeg(true), jpeg(false), Vec::new(), jpeg(false)];
    let seen = all(&avi(*b"MJPG", &frames));
    assert_eq!(seen, [(50, DARK), (100, LIGHT), (150, 0), (200, LIGHT), (250, DARK)]);
}

#[test]
fn jpegs_in_a_row_are_told_apart_and_rubbish_between_them_is_stepped_over() {
    let bytes = [&jpeg(true)[..], b"rubbish\xff\xff\x01", &jpeg(false), &jpeg(true), b"\xff"].concat();
    assert_eq!(all(&bytes), [(33, DARK), (66, LIGHT), (100, DARK)]);
}

#[test]
fn raw_frames_of_every_8_bit_kind_are_read() {
    for (colours, chroma) in [("", 4), (" C420jpeg", 4), (" C422", 6), (" C411", 6), (" C444", 18), (" Cmono", 0)] {
        // 3 x 3 pixels: halves are rounded up.
        let chroma = if colours.contains("422") {
            12
        } else if chroma == 4 {
            8
        } else {
            chroma
        };
        let frame = |shade: u8| [vec![shade; 9], vec![128; chroma]].concat();
        let bytes = y4m(&format!("W3 H3 F25:1 Ip A1:1{colours}"), &[frame(9), frame(200)]);
        assert_eq!(all(&bytes), [(40, 9), (80, 200)], "{colours}");
    }
}

#[test]
fn the_rate_and_the_rounds_can_be_chosen() {
    let playback = Playback { fps: 10.try_into().ok(), times: Times::Count(2.try_into().unwrap()), paced: false };
    let (seen, _) = play(&avi(*b"MJPG", &[jpeg(true)]), playback).unwrap();
    assert_eq!(seen.iter().map(|(at_ms, _)| *at_ms).collect::<Vec<_>>(), [100, 200, 300, 400]);
    let forever = Playback { times: Times::Forever, ..Playback::default() };
    assert!(play(&y4m("W3 H3", &[]), forever).unwrap().0.is_empty(), "no frames are not shown for ever");
}

#[test]
fn what_is_not_read_says_how_to_convert_it() {
    let h264 = refused(&avi(*b"H264", &[jpeg(true)]));
    assert!(h264.contains("H264") && h264.contains("ffmpeg -i"), "{h264}");
    let deep = refused(&y4m("W3 H3 C420p10", &[]));
    assert!(deep.contains("420p10") && deep.contains("yuv420p"), "{deep}");
    let mp4 = refused(b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41");
    assert!(mp4.contains("neither AVI") && mp4.contains("ffmpeg -i"), "{mp4}");
    assert!(refused(b"").contains("neither AVI"));
    for head in ["", "W0 H3", "W3", "W99999999 H99999999", "W20000 H20000"] {
        assert!(refused(&y4m(head, &[])).contains("pixels are read"), "{head}");
    }
    assert!(refused(&chunk(*b"RIFF", b"AVI ")).contains("before its first frame"));
}

#[test]
fn a_video_cut_anywhere_gives_what_came_before_and_one_word() {
    for whole in [
        avi(*b"MJPG", &[jpeg(true), jpeg(false)]),
        [jpeg(true), jpeg(false)].concat(),
        y4m("W3 H3 Cmono", &[vec![65; 9], vec![191; 9]]),
    ] {
        for len in 0..whole.len() {
            if let Ok((seen, errors)) = play(&whole[..len], Playback::default()) {
                assert!(seen.len() <= 3 && errors.len() <= 1, "cut at {len}: {seen:?} {errors:?}");
            }
        }
    }
}

#[test]
fn a_bad_frame_is_its_own_error_and_the_next_is_read() {
    let mut bad = jpeg(true);
    bad[13] = 0;
    let (seen, errors) = play(&avi(*b"MJPG", &[jpeg(true), vec![1, 2, 3], jpeg(false)]), Playback::default()).unwrap();
    assert_eq!(seen.iter().map(|(at_ms, _)| *at_ms).collect::<Vec<_>>(), [50, 150, 200]);
    assert!(errors.len() == 1 && errors[0].contains("the frame at 100 ms"), "{errors:?}");
}

#[test]
fn lengths_that_lie_allocate_nothing() {
    let mut bytes = avi(*b"MJPG", &[jpeg(true)]);
    let place = bytes.windows(4).position(|name| name == b"01dc").unwrap();
    bytes[place + 4..place + 8].copy_from_slice(&0x03ff_ffff_u32.to_le_bytes());
    let (seen, errors) = play(&bytes, Playback::default()).unwrap();
    assert!(seen.is_empty() && errors[0].contains("inside a frame"), "{errors:?}");
}
