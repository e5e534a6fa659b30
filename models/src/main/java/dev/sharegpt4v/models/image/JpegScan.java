package dev.sharegpt4v.models.image;

import java.util.ArrayList;
import java.util.List;

/**
 * A scan's header.
 *
 * @param parts the components it holds, with their tables
 * @param first index of the first coefficient it holds, in zigzag order
 * @param last index of the last one
 * @param high bits of a coefficient that earlier scans did not hold; 0 in the first one
 * @param low bits of a coefficient that this scan does not hold
 */
record JpegScan(List<Part> parts, int first, int last, int high, int low) {

    /** A component and the numbers of its Huffman tables. */
    record Part(int index, JpegComponent component, int dcTable, int acTable) {}

    static JpegScan read(ByteView file, int at, int length, JpegFrame frame) {
        int count = file.unsignedByte(at);
        if (length != 4 + 2 * count || count < 1 || count > 4) {
            throw ImageException.malformed("the JPEG has a broken scan header");
        }
        List<Part> parts = new ArrayList<>();
        int blocks = 0;
        for (int i = 0; i < count; i++) {
            int index = index(frame, file.unsignedByte(at + 1 + 2 * i), parts);
            JpegComponent component = frame.components().get(index);
            int tables = file.unsignedByte(at + 2 + 2 * i);
            parts.add(new Part(index, component, tables >> 4, tables & 15));
            blocks += component.across() * component.down();
        }
        if (count > 1 && blocks > 10) {
            throw ImageException.malformed("the JPEG has MCUs of more than ten blocks");
        }
        int places = at + 1 + 2 * count;
        int bits = file.unsignedByte(places + 2);
        JpegScan scan = new JpegScan(
                List.copyOf(parts), file.unsignedByte(places), file.unsignedByte(places + 1), bits >> 4, bits & 15);
        if (frame.progressive()) {
            scan.requireProgression();
        }
        return scan;
    }

    boolean isInterleaved() {
        return parts.size() > 1;
    }

    private void requireProgression() {
        boolean band = first == 0 ? last == 0 : first <= last && last <= 63 && parts.size() == 1;
        if (!band || (high != 0 && low != high - 1) || low > 13) {
            throw ImageException.malformed("the JPEG has an impossible progression");
        }
    }

    private static int index(JpegFrame frame, int id, List<Part> taken) {
        for (int i = 0; i < frame.components().size(); i++) {
            int candidate = i;
            if (frame.components().get(i).id() == id && taken.stream().noneMatch(part -> part.index() == candidate)) {
                return i;
            }
        }
        throw ImageException.malformed("the JPEG has a scan of an unknown component");
    }
}
