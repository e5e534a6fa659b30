package dev.sharegpt4v.models.image;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JPEG's markers, from the first to the last, and the coefficients between them: sequential and progressive, Huffman
 * coded, eight bits.
 *
 * <p>Source: ITU-T T.81, annex B; libjpeg and Pillow for what damaged files mean.
 */
final class JpegReader {

    /**
     * Scans at the most: encoders write ten, or one per component and bit. A hostile file repeats scans of a few bytes,
     * each of which makes a decoder walk over the whole picture.
     */
    private static final int MOST_SCANS = 500;

    private final ByteView file;
    private final ImageLimits limits;
    private final ImageScratch scratch;
    private final JpegTables tables = new JpegTables();
    private final JpegBits bits;

    private @Nullable JpegFrame frame;
    private @Nullable JpegCoefficients coefficients;
    private int @Nullable [] @Nullable [] quantisation;
    private boolean jfif;
    private int transform = -1;
    private int interval;
    private int scans;
    private boolean complete;

    private JpegReader(byte[] file, ImageLimits limits, ImageScratch scratch) {
        this.file = ByteView.of(file);
        this.limits = limits;
        this.scratch = scratch;
        this.bits = new JpegBits(file, scratch);
    }

    /**
     * Reads a whole file.
     *
     * @param scratch holds the coefficients afterwards
     */
    static JpegPicture read(byte[] file, ImageLimits limits, ImageScratch scratch) {
        return new JpegReader(file, limits, scratch).read();
    }

    private JpegPicture read() {
        int at = 2;
        while (true) {
            while (file.unsignedByte(at) != 0xff) {
                at++;
            }
            while (file.unsignedByte(at) == 0xff) {
                at++;
            }
            int marker = file.unsignedByte(at++);
            if (marker == 0xd9) {
                return picture();
            }
            if (marker <= 1 || (marker >= 0xd0 && marker <= 0xd7)) {
                continue;
            }
            int length = file.big16(at) - 2;
            if (length < 0) {
                throw ImageException.malformed("the JPEG has a segment of negative length");
            }
            file.unsignedByte(at + 1 + length);
            at += 2;
            at = marker == 0xda ? scan(at, length) : segment(marker, at, length);
        }
    }

    private int segment(int marker, int at, int length) {
        switch (marker) {
            case 0xc0, 0xc1, 0xc2 -> frame(marker, at, length);
            case 0xc4 -> tables.readHuffman(file, at, length);
            case 0xdb -> tables.readQuantisation(file, at, length);
            case 0xdd -> {
                if (length != 2) {
                    throw ImageException.malformed("the JPEG has a broken restart interval");
                }
                interval = file.big16(at);
            }
            case 0xe0 -> jfif |= length >= 14 && file.hasText(at, "JFIF\0");
            case 0xee -> {
                if (length >= 12 && file.hasText(at, "Adobe")) {
                    transform = file.unsignedByte(at + 11);
                }
            }
            default -> {
                if (marker < 0xdc || marker == 0xde || marker == 0xdf || (marker >= 0xf0 && marker <= 0xfd)) {
                    throw ImageException.malformed("the JPEG is of a kind that is not read");
                }
            }
        }
        return at + length;
    }

    private void frame(int marker, int at, int length) {
        if (frame != null) {
            throw ImageException.malformed("the JPEG has two frames");
        }
        frame = JpegFrame.read(file, at, length, marker == 0xc2, limits);
        quantisation = new int[frame.components().size()][];
    }

    private int scan(int at, int length) {
        if (frame == null || quantisation == null) {
            throw ImageException.malformed("the JPEG has no frame");
        }
        if (++scans > MOST_SCANS) {
            throw new ImageException(ImageException.Kind.TOO_LARGE, "the JPEG has more than " + MOST_SCANS + " scans");
        }
        if (complete) {
            throw ImageException.malformed("the JPEG has more scans than it needs");
        }
        if (coefficients == null) {
            coefficients = JpegCoefficients.empty(frame, scratch);
            if (!frame.progressive()) {
                tables.addMissingStandardTables();
            }
        }
        JpegScan scan = JpegScan.read(file, at, length, frame);
        for (JpegScan.Part part : scan.parts()) {
            if (quantisation[part.index()] == null) {
                quantisation[part.index()] =
                        tables.quantisation(part.component().table());
            }
        }
        complete = !frame.progressive()
                && scan.parts().size() == frame.components().size();
        bits.open(at + length);
        return new JpegScanReader(frame, scan, blocks(scan, coefficients), bits, interval).read();
    }

    private JpegBlocks blocks(JpegScan scan, JpegCoefficients target) {
        boolean progressive = frame != null && frame.progressive();
        if (!progressive) {
            return new SequentialBlocks(bits, target, dcTables(scan), acTables(scan), complete);
        }
        if (scan.first() == 0) {
            return scan.high() == 0
                    ? new DcFirstBlocks(bits, target, dcTables(scan), scan.low())
                    : new DcRefinedBlocks(bits, target, scan.low());
        }
        HuffmanTable table = tables.ac(scan.parts().getFirst().acTable());
        return scan.high() == 0
                ? new AcFirstBlocks(bits, target, table, scan)
                : new AcRefinedBlocks(bits, target, table, scan);
    }

    private HuffmanTable[] dcTables(JpegScan scan) {
        return scan.parts().stream().map(part -> tables.dc(part.dcTable())).toArray(HuffmanTable[]::new);
    }

    private HuffmanTable[] acTables(JpegScan scan) {
        return scan.parts().stream().map(part -> tables.ac(part.acTable())).toArray(HuffmanTable[]::new);
    }

    private JpegPicture picture() {
        if (frame == null || coefficients == null || quantisation == null) {
            throw ImageException.malformed("the JPEG has no picture");
        }
        if (frame.progressive()) {
            coefficients.pack(frame.blocks());
        }
        int[][] factors = new int[quantisation.length][];
        for (int i = 0; i < factors.length; i++) {
            int[] found = quantisation[i];
            // A component that no scan held is gray.
            factors[i] = found == null ? new int[64] : found;
        }
        return new JpegPicture(frame, coefficients, factors, colours(frame.components()));
    }

    /** By libjpeg's rules. */
    private JpegColours colours(List<JpegComponent> components) {
        return switch (components.size()) {
            case 1 -> JpegColours.GRAY;
            case 3 -> {
                boolean lettered = components.get(0).id() == 'R'
                        && components.get(1).id() == 'G'
                        && components.get(2).id() == 'B';
                boolean ycc = jfif || (transform >= 0 ? transform != 0 : !lettered);
                yield ycc ? JpegColours.YCC : JpegColours.RGB;
            }
            default -> transform > 0 ? JpegColours.YCCK : JpegColours.CMYK;
        };
    }
}
