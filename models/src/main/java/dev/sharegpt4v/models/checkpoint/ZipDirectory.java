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
 * Whatever two readers could understand differently is refused.
 */
final class ZipDirectory {

    private static final int CENTRAL_SIGNATURE = 0x02014b50;
    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int CENTRAL_BYTES = 46;
    private static final int LOCAL_BYTES = 30;
    private static final int ENCRYPTED = 1;
    private static final int SIZES_FOLLOW_DATA = 1 << 3;
    private static final int MAX_NAME = 1_024;

    private final MappedFile file;
    private final Map<String, MemorySegment> entries = new HashMap<>();
    private final List<Range> ranges = new ArrayList<>();

    private ZipDirectory(MappedFile file) {
        this.file = file;
    }

    private record Range(String what, long begin, long end) {}

    private record Central(String name, int flags, long size, long localOffset) {}

    /** Entry data by full name. */
    static Map<String, MemorySegment> read(MappedFile file) {
        ZipDirectory directory = new ZipDirectory(file);
        directory.readCentral(ZipEnd.find(file));
        directory.refuseOverlaps();
        return directory.entries;
    }

    private void readCentral(ZipEnd end) {
        long at = end.offset();
        long limit = at + end.size();
        ranges.add(new Range("the zip directory", at, limit));
        for (long i = 0; i < end.entries(); i++) {
            if (at > limit - CENTRAL_BYTES || file.intAt(at) != CENTRAL_SIGNATURE) {
                throw file.malformed("has a broken zip directory");
            }
            int nameLength = file.unsignedShort(at + 28);
            int extraLength = file.unsignedShort(at + 30);
            addLocal(central(at, nameLength, extraLength));
            at += (long) CENTRAL_BYTES + nameLength + extraLength + file.unsignedShort(at + 32);
        }
        if (at != limit) {
            throw file.malformed("has a zip directory of another length than it claims");
        }
    }

    private Central central(long at, int nameLength, int extraLength) {
        String name = name(at + CENTRAL_BYTES, nameLength);
        int flags = file.unsignedShort(at + 8);
        long compressed = file.unsignedInt(at + 20);
        long size = file.unsignedInt(at + 24);
        long localOffset = file.unsignedInt(at + 42);
        ZipExtra extra = new ZipExtra(file, at + CENTRAL_BYTES + nameLength, extraLength);
        size = extra.wide(size);
        compressed = extra.wide(compressed);
        localOffset = extra.wide(localOffset);
        if (file.unsignedShort(at + 10) != 0 || compressed != size) {
            throw file.malformed("compresses entry " + name + "; torch stores entries uncompressed");
        }
        if ((flags & ENCRYPTED) != 0) {
            throw file.malformed("encrypts entry " + name);
        }
        return new Central(name, flags, size, localOffset);
    }

    private void addLocal(Central central) {
        long local = central.localOffset();
        if (local < 0 || local > file.size() - LOCAL_BYTES || file.intAt(local) != LOCAL_SIGNATURE) {
            throw file.malformed("entry " + central.name() + " has no local header");
        }
        int nameLength = file.unsignedShort(local + 26);
        int extraLength = file.unsignedShort(local + 28);
        long data = local + LOCAL_BYTES + nameLength + extraLength;
        if (!central.name().equals(name(local + LOCAL_BYTES, nameLength))
                || file.unsignedShort(local + 6) != central.flags()
                || file.unsignedShort(local + 8) != 0
                || !sizesAgree(central, local, nameLength, extraLength)) {
            throw file.malformed("entry " + central.name() + " has a local header that contradicts the directory");
        }
        if (entries.put(central.name(), file.slice(data, central.size())) != null) {
            throw file.malformed("holds entry " + central.name() + " twice");
        }
        ranges.add(new Range("entry " + central.name(), local, data + central.size()));
    }

    /** Sizes may stand after the data instead, and are then zero in the local header. */
    private boolean sizesAgree(Central central, long local, int nameLength, int extraLength) {
        ZipExtra extra = new ZipExtra(file, local + LOCAL_BYTES + nameLength, extraLength);
        long size = extra.wide(file.unsignedInt(local + 22));
        long compressed = extra.wide(file.unsignedInt(local + 18));
        boolean follow = (central.flags() & SIZES_FOLLOW_DATA) != 0 && size == 0 && compressed == 0;
        return follow || (size == central.size() && compressed == central.size());
    }

    private String name(long at, int length) {
        if (length > MAX_NAME) {
            throw file.malformed("has a zip entry with a name of " + length + " bytes");
        }
        return new String(file.copy(at, length), StandardCharsets.UTF_8);
    }

    private void refuseOverlaps() {
        ranges.sort(Comparator.comparingLong(Range::begin).thenComparingLong(Range::end));
        for (int i = 1; i < ranges.size(); i++) {
            if (ranges.get(i).begin() < ranges.get(i - 1).end()) {
                throw file.malformed(
                        ranges.get(i - 1).what() + " and " + ranges.get(i).what() + " overlap");
            }
        }
    }
}
