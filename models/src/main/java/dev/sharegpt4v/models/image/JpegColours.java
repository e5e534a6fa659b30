package dev.sharegpt4v.models.image;

/** What a JPEG's components stand for. */
enum JpegColours {
    GRAY,
    RGB,
    YCC,
    CMYK,
    YCCK
}
