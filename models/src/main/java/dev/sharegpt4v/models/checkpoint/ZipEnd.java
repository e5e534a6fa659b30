package dev.sharegpt4v.models.checkpoint;

/**
 * Where a zip archive's directory is, from the end records.
 *
 * @param offset of the central directory
 * @param size of the central directory in bytes
 * @param entries number of entries
 */
record ZipEnd(long offset, long size, long entries) {

    private static final int SIGNATURE = 0x06054b50;
    private static final int SIGNATURE64 = 0x06064b50;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int BYTES = 22;
    private static final int LOCATOR_BYTES = 20;
    private static final int BYTES64 = 56;
    private static final int MAX_COMMENT = 65_535;
    private static final int MAX_ENTRIES = 200_000;

    static final long NARROW_MAX = 0xFFFF_FFFFL;

    static ZipEnd find(MappedFile file) {
        long at = findRecord(file);
        ZipEnd narrow = new ZipEnd(file.unsignedInt(at + 16), file.unsignedInt(at + 12), file.unsignedShort(at + 10));
        ZipEnd end = narrow;
        if (at >= LOCATOR_BYTES && file.intAt(at - LOCATOR_BYTES) == LOCATOR64) {
            end = wide(file, at - LOCATOR_BYTES);
            if (!agrees(narrow, end)) {
                throw file.malformed("has two zip end records that contradict each other");
            }
        }
        if (end.entries < 0
                || end.entries > MAX_ENTRIES
                || end.size < 0
                || end.offset < 0
                || end.offset > at - end.size) {
            throw file.malformed("has an impossible zip directory");
        }
        return end;
    }

    /** The last end record whose comment ends with the file. */
    private static long findRecord(MappedFile file) {
        long lowest = Math.max(0, file.size() - BYTES - MAX_COMMENT);
        for (long at = file.size() - BYTES; at >= lowest; at--) {
            if (file.intAt(at) == SIGNATURE && at + BYTES + file.unsignedShort(at + 20) == file.size()) {
                return at;
            }
        }
        throw file.malformed("is no complete torch zip archive; it is cut short or another format");
    }

    private static ZipEnd wide(MappedFile file, long locator) {
        long at = file.longAt(locator + 8);
        if (at < 0 || at > locator - BYTES64 || file.intAt(at) != SIGNATURE64) {
            throw file.malformed("has a broken Zip64 end record");
        }
        return new ZipEnd(file.longAt(at + 48), file.longAt(at + 40), file.longAt(at + 32));
    }

    /** A narrow field is either the wide one or full of ones. */
    private static boolean agrees(ZipEnd narrow, ZipEnd wide) {
        return (narrow.offset == wide.offset || narrow.offset == NARROW_MAX)
                && (narrow.size == wide.size || narrow.size == NARROW_MAX)
                && (narrow.entries == wide.entries || narrow.entries == 0xFFFF);
    }
}
