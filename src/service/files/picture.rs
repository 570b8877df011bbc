//! Drawing pictures anew: what comes out holds the pixels of what came in and nothing else. No place, no camera, no preview, no colour
//! profile, and no bytes behind the end that another program might take for something else.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::domain::file::FileRefusal;
use crate::domain::limits;

/// Of a photograph hardly anybody sees the difference, and the file is no larger than before.
const JPEG_QUALITY: u8 = 88;
/// The first bytes of a file that tell what it is.
pub const MAGIC_BYTES: usize = 12;

/// A picture with nothing but its pixels.
pub struct Picture {
    pub bytes: Vec<u8>,
    /// What its name has to end with.
    pub ending: &'static str,
    pub width: u32,
    pub height: u32,
}

/// What a file is by its first bytes, whatever it is called. `None` for anything that is no picture of ours.
#[must_use]
pub fn format_of(first: &[u8]) -> Option<ImageFormat> {
    match first {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(ImageFormat::Png),
        [0xff, 0xd8, 0xff, ..] => Some(ImageFormat::Jpeg),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(ImageFormat::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// Decodes the picture within strict limits, turns it upright, and encodes it anew: a JPEG as a JPEG, all else as a PNG, of what moves
/// the first frame.
///
/// # Errors
/// When it is larger than the limits or is not what its first bytes say.
pub fn draw_anew(bytes: Vec<u8>, format: ImageFormat) -> Result<Picture, FileRefusal> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut bounds = Limits::default();
    bounds.max_image_width = Some(limits::PICTURE_SIDE);
    bounds.max_image_height = Some(limits::PICTURE_SIDE);
    bounds.max_alloc = Some(limits::PICTURE_MEMORY_BYTES);
    reader.limits(bounds);
    let mut decoder = reader.into_decoder().map_err(unfit)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits::PICTURE_PIXELS {
        return Err(FileRefusal::TooManyPixels);
    }
    // What says how it was held may be nonsense; the picture is none the worse for it.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unfit)?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    let picture = with_eight_bits(picture);
    let (width, height) = (picture.width(), picture.height());
    let mut drawn = Vec::new();
    let encoded = if format == ImageFormat::Jpeg {
        picture.write_with_encoder(JpegEncoder::new_with_quality(&mut drawn, JPEG_QUALITY))
    } else {
        picture.write_with_encoder(PngEncoder::new_with_quality(&mut drawn, CompressionType::Fast, FilterType::Adaptive))
    };
    encoded.map_err(unfit)?;
    if drawn.len() as u64 > limits::FILE_BYTES {
        return Err(FileRefusal::TooLarge);
    }
    let ending = if format == ImageFormat::Jpeg { "jpg" } else { "png" };
    Ok(Picture { bytes: drawn, ending, width, height })
}

/// Screens show no more, and half the memory does.
fn with_eight_bits(picture: DynamicImage) -> DynamicImage {
    match picture {
        it @ (DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) | DynamicImage::ImageRgba8(_)) => it,
        DynamicImage::ImageLuma16(_) => DynamicImage::ImageLuma8(picture.into_luma8()),
        it if it.color().has_alpha() => DynamicImage::ImageRgba8(it.into_rgba8()),
        it => DynamicImage::ImageRgb8(it.into_rgb8()),
    }
}

fn unfit(error: image::ImageError) -> FileRefusal {
    match error {
        image::ImageError::Limits(_) => FileRefusal::TooManyPixels,
        _ => FileRefusal::Unreadable,
    }
}

#[cfg(test)]
#[path = "../tests/picture.rs"]
mod tests;
