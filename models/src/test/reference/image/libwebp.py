"""Encodes WebP with settings that Pillow does not pass on, through the library that Pillow's wheel carries."""

import ctypes
import glob
import os

import numpy
import PIL

FIELDS = (
    "segments sns_strength filter_strength filter_sharpness filter_type autofilter alpha_compression alpha_filtering "
    "alpha_quality passes show_compressed preprocessing partitions partition_limit emulate_jpeg_size thread_level "
    "low_memory near_lossless exact use_delta_palette use_sharp_yuv qmin qmax"
)


class Config(ctypes.Structure):
    _fields_ = [
        ("lossless", ctypes.c_int), ("quality", ctypes.c_float), ("method", ctypes.c_int),
        ("image_hint", ctypes.c_int), ("target_size", ctypes.c_int), ("target_psnr", ctypes.c_float),
    ] + [(name, ctypes.c_int) for name in FIELDS.split()]


class Picture(ctypes.Structure):
    _fields_ = [
        ("use_argb", ctypes.c_int), ("colorspace", ctypes.c_int), ("width", ctypes.c_int), ("height", ctypes.c_int),
        ("planes", ctypes.c_void_p * 3), ("strides", ctypes.c_int * 2), ("alpha", ctypes.c_void_p),
        ("alpha_stride", ctypes.c_int), ("pad1", ctypes.c_uint32 * 2), ("argb", ctypes.c_void_p),
        ("argb_stride", ctypes.c_int), ("pad2", ctypes.c_uint32 * 3), ("writer", ctypes.c_void_p),
        ("rest", ctypes.c_uint8 * 512),
    ]


WRITER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)


def library():
    folder = os.path.join(os.path.dirname(PIL.__file__), "..", "pillow.libs")
    ctypes.CDLL(glob.glob(os.path.join(folder, "libsharpyuv-*"))[0], mode=ctypes.RTLD_GLOBAL)
    webp = ctypes.CDLL(glob.glob(os.path.join(folder, "libwebp-*"))[0])
    webp.WebPConfigInitInternal.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_float, ctypes.c_int]
    return webp


def encode(image, **settings) -> bytes:
    webp = library()
    config, picture, parts = Config(), Picture(), []
    abi = next(v for v in (0x0210, 0x020F) if webp.WebPConfigInitInternal(ctypes.byref(config), 0, 75.0, v))
    for name, value in settings.items():
        setattr(config, name, value)
    assert webp.WebPPictureInitInternal(ctypes.byref(picture), abi)
    pixels = numpy.ascontiguousarray(numpy.asarray(image))
    picture.width, picture.height = image.size
    picture.use_argb = config.lossless
    load = webp.WebPPictureImportRGBA if image.mode == "RGBA" else webp.WebPPictureImportRGB
    assert load(ctypes.byref(picture), pixels.ctypes.data_as(ctypes.c_void_p), pixels.strides[0])

    @WRITER
    def write(data, size, _):
        parts.append(ctypes.string_at(data, size))
        return 1

    picture.writer = ctypes.cast(write, ctypes.c_void_p).value
    assert webp.WebPEncode(ctypes.byref(config), ctypes.byref(picture))
    webp.WebPPictureFree(ctypes.byref(picture))
    return b"".join(parts)
