package dev.sharegpt4v.models.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries of a zip archive whose entries are stored, not compressed, as torch writes them (Zip64 included).
 *
 * <p>Source: PKWARE APPNOTE 6.3. Data offsets come from the local headers, whose extra field torch pads for alignment.
 */
final class ZipDirectory {

    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END64_SIGNATURE = 0x06064b50;
    private static final int LOCATOR64_SIGNATURE = 0x07064b50;
    private static final int CENTRAL_SIGNATURE = 0x02014b50;
    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int END_BYTES = 22;
    private static final long MAX_ENTRIES = 200_000;
    private static final long NARROW_MAX = 0xFFFFFFFFL;

    private final MappedFile file;
    private final Map<String, MemorySegment> entries = new HashMap<>();

    private ZipDirectory(MappedFile file) {
        this.file = file;
    }

    private record Range(String name, long begin, long end) {}

    private record Sizes(long compressed, long size, long localOffset) {}

    /** Entry data by full name. */
    static Map<String, MemorySegment> read(MappedFile file) {
        ZipDirectory directory = new ZipDirectory(file);
        directory.readEntries();
        return directory.entries;
    }

    private void readEntries() {
        long end = findEnd();
        long count = file.unsignedShort(end + 10);
        long size = file.unsignedInt(end + 12);
        long offset = file.unsignedInt(end + 16);
        if (end >= 20 && file.intAt(end - 20) == LOCATOR64_SIGNATURE) {
            long end64 = file.longAt(end - 20 + 8);
            if (end64 < 0 || end64 > file.size() - 56 || file.intAt(end64) != END64_SIGNATURE) {
                throw file.malformed("has a broken Zip64 end record");
            }
            count = file.longAt(end64 + 32);
            size = file.longAt(end64 + 40);
            offset = file.longAt(end64 + 48);
        }
        if (count < 0 || count > MAX_ENTRIES || size < 0 || offset < 0 || offset > file.size() - size) {
            throw file.malformed("has an impossible zip directory");
        }
        readCentral(count, offset, offset + size);
    }

    private long findEnd() {
        long lowest = Math.max(0, file.size() - END_BYTES - 65_535);
        for (long at = file.size() - END_BYTES; at >= lowest; at--) {
            if (file.intAt(at) == END_SIGNATURE) {
                return at;
            }
        }
        throw file.malformed(
                "is neither a torch zip archive nor safetensors; files of torch before 1.6 are not supported");
    }

    private void readCentral(long count, long offset, long limit) {
        List<Range> ranges = new ArrayList<>();
        long at = offset;
        for (long i = 0; i < count; i++) {
            if (at > limit - 46 || file.intAt(at) != CENTRAL_SIGNATURE) {
                throw file.malformed("has a broken zip directory");
            }
            int nameLength = file.unsignedShort(at + 28);
            int extraLength = file.unsignedShort(at + 30);
            int commentLength = file.unsignedShort(at + 32);
            String name = new String(file.copy(at + 46, nameLength), StandardCharsets.UTF_8);
            Sizes sizes = sizes(at, nameLength, extraLength);
            if (file.unsignedShort(at + 10) != 0 || sizes.compressed() != sizes.size()) {
                throw file.malformed("compresses entry " + name + "; torch stores entries uncompressed");
            }
            ranges.add(add(name, sizes));
            at += 46L + nameLength + extraLength + commentLength;
        }
        refuseOverlaps(ranges);
    }

    private Sizes sizes(long at, int nameLength, int extraLength) {
        long compressed = file.unsignedInt(at + 20);
        long size = file.unsignedInt(at + 24);
        long localOffset = file.unsignedInt(at + 42);
        long extra = at + 46 + nameLength;
        long extraEnd = extra + extraLength;
        while (extra + 4 <= extraEnd) {
            int id = file.unsignedShort(extra);
            long field = extra + 4;
            long fieldEnd = field + file.unsignedShort(extra + 2);
            if (id == 1) {
                if (size == NARROW_MAX && field + 8 <= fieldEnd) {
                    size = file.longAt(field);
                    field += 8;
                }
                if (compressed == NARROW_MAX && field + 8 <= fieldEnd) {
                    compressed = file.longAt(field);
                    field += 8;
                }
                if (localOffset == NARROW_MAX && field + 8 <= fieldEnd) {
                    localOffset = file.longAt(field);
                }
            }
            extra = fieldEnd;
        }
        return new Sizes(compressed, size, localOffset);
    }

    private Range add(String name, Sizes sizes) {
        long local = sizes.localOffset();
        if (local < 0 || local > file.size() - 30 || file.intAt(local) != LOCAL_SIGNATURE) {
            throw file.malformed("entry " + name + " has no local header");
        }
        int localName = file.unsignedShort(local + 26);
        if (!name.equals(new String(file.copy(local + 30, localName), StandardCharsets.UTF_8))) {
            throw file.malformed("entry " + name + " has another name in its local header");
        }
        long data = local + 30 + localName + file.unsignedShort(local + 28);
        if (entries.put(name, file.slice(data, sizes.size())) != null) {
            throw file.malformed("holds entry " + name + " twice");
        }
        return new Range(name, local, data + sizes.size());
    }

    private void refuseOverlaps(List<Range> ranges) {
        ranges.sort(Comparator.comparingLong(Range::begin));
        for (int i = 1; i < ranges.size(); i++) {
            if (ranges.get(i).begin() < ranges.get(i - 1).end()) {
                throw file.malformed("entries " + ranges.get(i - 1).name() + " and "
                        + ranges.get(i).name() + " overlap");
            }
        }
    }
}
