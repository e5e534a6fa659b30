package dev.sharegpt4v.server.bench.chaos;

import dev.sharegpt4v.server.bench.mix.SyntheticPicture;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * Pictures as cameras and programs seldom write them, and a little that is not right. Most decode. One pool by seed, from which
 * requests draw.
 */
final class OddPictures {

    private static final int[][] SIZES = {
        {1, 1}, {2, 1}, {1, 700}, {900, 1}, {7, 3}, {8, 8}, {17, 33}, {64, 48}, {333, 77}, {640, 480}
    };
    private static final int[] TYPES = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_BYTE_GRAY,
        BufferedImage.TYPE_USHORT_GRAY,
        BufferedImage.TYPE_BYTE_BINARY,
        BufferedImage.TYPE_BYTE_INDEXED,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_USHORT_555_RGB
    };

    /** The JDK writes no WebP, and no PNG that moves: lossy, without loss, with alpha, two frames, two frames. */
    private static final List<String> WRITTEN_ELSEWHERE = List.of(
            "UklGRioAAABXRUJQVlA4IB4AAACQAQCdASoJAAUAB0CWJaQAAuab25AA/VOdOIQAAAA=",
            "UklGRkwAAABXRUJQVlA4TEAAAAAvCAABACegkG0EOOQxi92jkG0EOOQxi92jkG0EOOQxi90z/wFU/beNCgYiyfhHARVUUEH/UKdERP9T33iI"
                    + "JY8C",
            "UklGRmoAAABXRUJQVlA4WAoAAAAQAAAACAAABAAAQUxQSCYAAAABJ6CQbQQ45DGL3RMRgZ8wEEnGPwqooIIK+oc6JSL6n/rGQyx5FFZQOCAe"
                    + "AAAAkAEAnQEqCQAFAAdAliWkAALmm9uQAP1TnTiEAAAA",
            "UklGRrwAAABXRUJQVlA4WAoAAAACAAAACAAABAAAQU5JTQYAAAAAAAAAAABBTk1GRAAAAAAAAAAAAAgAAAQAADIAAAJWUDggLAAAAFABAJ0B"
                    + "KgkABQAHQJYlpAAFjAAA/uikP90//hB3//g/cP8qb8qb8qb8MAAAQU5NRkQAAAAAAAAAAAAIAAAEAAAyAAAAVlA4ICwAAABUAQCd"
                    + "ASoJAAUAAACWJaQABYwAAP7iueJ+qd5K9Sv6yKaykXSTQBRD44AYAA==",
            "iVBORw0KGgoAAAANSUhEUgAAAAkAAAAFCAIAAAAYMVE8AAAACGFjVEwAAAACAAAAAPONk3AAAAAaZmNUTAAAAAAAAAAJAAAABQAAAAAAAAAA"
                    + "AAEAFAAAzxrGTAAAACZJREFUeJxjlJKSYsABWAwNDXHKmZqa4pJjPHv2LC45JlwSDAwMACKFA/SZYeNUAAAAGmZjVEwAAAABAAAA"
                    + "CQAAAAUAAAAAAAAAAAABABQAAFRpLJgAAABIZmRBVAAAAAJ4nF2NsQlAQQxC/ZBBbJzB7dNnhjQZ5ReB4zgr8aF+mQmgu3FJEoBY"
                    + "MDNVtcD24ngAgONj63dkm6SkOOskn78f4PMdT8LHhVQAAAAASUVORK5CYII=");

    private final List<byte[]> pool = new ArrayList<>();

    OddPictures(long seed) {
        for (int[] size : SIZES) {
            byte[] jpeg = SyntheticPicture.jpeg(size[0], size[1], seed);
            BufferedImage image = read(jpeg);
            pool.add(jpeg);
            for (boolean progressive : new boolean[] {false, true}) {
                pool.add(written(image, "jpeg", progressive, 0.3f));
                pool.add(written(image, "png", progressive, 1));
                pool.add(written(as(image, TYPES[5]), "gif", progressive, 1));
            }
            for (int type : TYPES) {
                pool.add(written(as(image, type), "png", false, 1));
            }
            pool.add(written(as(image, BufferedImage.TYPE_BYTE_GRAY), "jpeg", true, 0.9f));
            pool.add(written(image, "bmp", false, 1));
            pool.add(written(as(image, BufferedImage.TYPE_BYTE_BINARY), "bmp", false, 1));
            pool.add(written(as(image, BufferedImage.TYPE_BYTE_INDEXED), "bmp", false, 1));
        }
        pool.add(animation(seed));
        pool.add(fourColours(seed));
        WRITTEN_ELSEWHERE.forEach(text -> pool.add(Base64.getDecoder().decode(text)));
    }

    /** One of them, half of the time with something more in it, or less. */
    byte[] draw(Draw draw) {
        byte[] file = draw.from(pool);
        boolean isJpeg = file[0] == (byte) 0xff;
        boolean isPng = file[0] == (byte) 0x89;
        return switch (draw.between(0, 11)) {
            case 0, 1 -> isJpeg ? inserted(file, 2, exif(draw)) : isPng ? inserted(file, 33, pngChunk(draw)) : file;
            case 2 -> isJpeg ? inserted(file, 2, jpegSegment(draw)) : file;
            case 3 -> Arrays.copyOf(file, draw.between(file.length / 3, file.length));
            case 4 -> joined(file, draw.from(pool));
            case 5 -> Arrays.copyOf(file, file.length + draw.of(1, 100, 70_000));
            default -> file;
        };
    }

    private static BufferedImage read(byte[] file) {
        try {
            return ImageIO.read(new ByteArrayInputStream(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BufferedImage as(BufferedImage image, int type) {
        BufferedImage copy = new BufferedImage(image.getWidth(), image.getHeight(), type);
        copy.createGraphics().drawImage(image, 0, 0, null);
        return copy;
    }

    private static byte[] written(BufferedImage image, String format, boolean progressive, float quality) {
        return writing(format, (writer, how) -> {
            if (how.canWriteProgressive()) {
                how.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            }
            if (format.equals("jpeg")) {
                how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                how.setCompressionQuality(quality);
            }
            writer.write(null, new IIOImage(image, null, null), how);
        });
    }

    /** Writes to a writer with its own settings. */
    private interface Pen {
        void write(ImageWriter writer, ImageWriteParam how) throws IOException;
    }

    private static byte[] writing(String format, Pen pen) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file)) {
            writer.setOutput(out);
            pen.write(writer, writer.getDefaultWriteParam());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return file.toByteArray();
    }

    private static byte[] animation(long seed) {
        return writing("gif", (writer, _) -> {
            writer.prepareWriteSequence(null);
            for (int frame = 0; frame < 5; frame++) {
                BufferedImage image = as(read(SyntheticPicture.jpeg(20 + frame, 15, seed + frame)), TYPES[5]);
                writer.writeToSequence(new IIOImage(image, null, null), null);
            }
            writer.endWriteSequence();
        });
    }

    /** A JPEG of four components without a word on what they are. */
    private static byte[] fourColours(long seed) {
        var model = ImageTypeSpecifier.createInterleaved(
                        ColorSpace.getInstance(ColorSpace.CS_sRGB),
                        new int[] {0, 1, 2, 3},
                        DataBuffer.TYPE_BYTE,
                        true,
                        false)
                .getSampleModel(24, 18);
        var raster = Raster.createWritableRaster(model, null);
        int[] samples = new Random(seed).ints(24 * 18 * 4, 0, 256).toArray();
        raster.setPixels(0, 0, 24, 18, samples);
        return writing("jpeg", (writer, how) -> writer.write(null, new IIOImage(raster, null, null), how));
    }

    private static byte[] inserted(byte[] file, int at, byte[] piece) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(file, 0, at);
        all.writeBytes(piece);
        all.write(file, at, file.length - at);
        return all.toByteArray();
    }

    private static byte[] joined(byte[] one, byte[] other) {
        return inserted(one, one.length, other);
    }

    /** An orientation, or what looks like a directory of tags, in either order of bytes. */
    private static byte[] exif(Draw draw) {
        ByteBuffer data = ByteBuffer.allocate(6 + 8 + 2 + 12 + 4);
        boolean little = draw.oneIn(2);
        data.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        data.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
        data.put((little ? "II" : "MM").getBytes(StandardCharsets.US_ASCII)).putShort((short) 42);
        data.putInt(draw.oneIn(6) ? draw.of(0, -1, 1 << 30, 9) : 8);
        data.putShort((short) (draw.oneIn(6) ? 65_535 : 1)).putShort((short) 0x0112);
        data.putShort((short) (draw.oneIn(6) ? draw.between(0, 20) : 3));
        data.putInt(draw.oneIn(6) ? draw.of(0, -1, 1 << 20) : 1);
        data.putShort((short) draw.between(0, 9)).putShort((short) 0).putInt(draw.oneIn(6) ? 8 : 0);
        return segment(0xe1, data.array());
    }

    private static byte[] jpegSegment(Draw draw) {
        byte[] content = new byte[draw.of(0, 1, 100, 65_000)];
        draw.random().nextBytes(content);
        return segment(draw.of(0xe0, 0xe2, 0xed, 0xee, 0xef, 0xfe, 0xdd, 0xc4), content);
    }

    private static byte[] segment(int marker, byte[] content) {
        ByteBuffer segment = ByteBuffer.allocate(4 + content.length);
        segment.put((byte) 0xff).put((byte) marker).putShort((short) (content.length + 2));
        return segment.put(content).array();
    }

    /** A chunk with a sound sum: words that unpack to megabytes, profiles, gamma, transparency, frames, unknown ones. */
    private static byte[] pngChunk(Draw draw) {
        String type = draw.of("zTXt", "iCCP", "iTXt", "gAMA", "tRNS", "acTL", "eXIf", "pHYs", "vpAg", "IDAT", "PLTE");
        byte[] content;
        if (type.equals("zTXt") || type.equals("iCCP")) {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            packed.writeBytes("name\0\0".getBytes(StandardCharsets.US_ASCII));
            Deflater deflater = new Deflater();
            deflater.setInput(new byte[4 << 20]);
            deflater.finish();
            byte[] some = new byte[8192];
            for (int read = deflater.deflate(some); read > 0; read = deflater.deflate(some)) {
                packed.write(some, 0, read);
            }
            deflater.end();
            content = packed.toByteArray();
        } else {
            content = new byte[draw.of(0, 1, 4, 8, 9, 256)];
            draw.random().nextBytes(content);
        }
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(name);
        sum.update(content);
        return ByteBuffer.allocate(12 + content.length)
                .putInt(content.length)
                .put(name)
                .put(content)
                .putInt((int) sum.getValue())
                .array();
    }
}
