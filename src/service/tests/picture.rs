use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use super::*;

/// Red above blue, twice as wide as high.
fn drawn(format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(64, 32, |_, y| if y < 16 { Rgb([250, 10, 10]) } else { Rgb([10, 10, 250]) });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG with an EXIF segment: held turned by a quarter to the right, and a note where a camera writes the place.
fn with_exif(jpeg: &[u8]) -> Vec<u8> {
    let mut tiff = b"Exif\0\0MM\0\x2a\0\0\0\x08".to_vec();
    // Orientation, a short: 6. And a pointer to the GPS directory.
    tiff.extend_from_slice(&[0, 2]);
    tiff.extend_from_slice(&[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
    tiff.extend_from_slice(&[0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]);
    tiff.extend_from_slice(&[0; 4]);
    tiff.extend_from_slice(b"GPS 52.5200N 13.4050E");
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend_from_slice(&[0xff, 0xe1]);
    bytes.extend_from_slice(&u16::try_from(tiff.len() + 2).unwrap().to_be_bytes());
    bytes.extend_from_slice(&tiff);
    bytes.extend_from_slice(&jpeg[2..]);
    bytes
}

fn contains(bytes: &[u8], words: &[u8]) -> bool {
    memchr::memmem::find(bytes, words).is_some()
}

fn redraw(bytes: Vec<u8>) -> Result<Picture, FileRefusal> {
    let format = format_of(&bytes).unwrap();
    draw_anew(bytes, format)
}

#[test]
fn a_photograph_loses_what_it_tells_and_stands_upright() {
    let photograph = with_exif(&drawn(ImageFormat::Jpeg));
    assert!(contains(&photograph, b"GPS 52.52"));
    let picture = redraw(photograph).unwrap();
    assert!(!contains(&picture.bytes, b"GPS") && !contains(&picture.bytes, b"Exif"));
    assert_eq!((picture.width, picture.height, picture.ending), (32, 64, "jpg"));
    assert_eq!(format_of(&picture.bytes), Some(ImageFormat::Jpeg));
    let upright = image::load_from_memory(&picture.bytes).unwrap().into_rgb8();
    // What was above is at the right now.
    assert!(upright.get_pixel(28, 30)[0] > 200 && upright.get_pixel(3, 30)[2] > 200);
}

#[test]
fn every_kind_is_drawn_anew_without_what_stands_behind_it() {
    for (format, ending) in
        [(ImageFormat::Png, "png"), (ImageFormat::Gif, "png"), (ImageFormat::WebP, "png"), (ImageFormat::Jpeg, "jpg")]
    {
        let mut polyglot = drawn(format);
        assert_eq!(format_of(&polyglot), Some(format));
        polyglot.extend_from_slice(b"<script>alert(1)</script>PK\x03\x04");
        let picture = redraw(polyglot).unwrap();
        assert!(!contains(&picture.bytes, b"<script>"), "{format:?}");
        assert_eq!((picture.width, picture.height, picture.ending), (64, 32, ending));
        let again = image::load_from_memory(&picture.bytes).unwrap().into_rgb8();
        assert!(again.get_pixel(30, 4)[0] > 200 && again.get_pixel(30, 28)[2] > 200, "{format:?}");
    }
}

#[test]
fn what_is_no_picture_is_none_whatever_it_says() {
    for other in [&b"<svg onload=alert(1)>"[..], b"%PDF-1.7", b"GIF8", b"RIFF1234WAVE", b"BM123456789012", b"", b"\xff\xd8"] {
        assert_eq!(format_of(other), None);
    }
    for (first, rest) in [(&b"\xff\xd8\xff"[..], &b"<html>"[..]), (b"\x89PNG\r\n\x1a\n", b""), (b"RIFF\0\0\0\0WEBP", b"?")] {
        assert_eq!(redraw([first, rest].concat()).err(), Some(FileRefusal::Unreadable));
    }
    assert!(redraw(b"GIF89a/*<script>*/=1".to_vec()).is_err());
    for format in [ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
        let whole = drawn(format);
        assert!(redraw(whole[..whole.len() / 2].to_vec()).is_err(), "{format:?}");
    }
}

#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    // The header says 60,000 × 60,000, and the data would be as short as before.
    let mut png = drawn(ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(redraw(png).err(), Some(FileRefusal::TooManyPixels));
    // Each side is allowed, and both together are not.
    let mut png = drawn(ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10]);
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(redraw(png).err(), Some(FileRefusal::TooManyPixels));
    let mut gif = drawn(ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert_eq!(redraw(gif).err(), Some(FileRefusal::TooManyPixels));
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}
