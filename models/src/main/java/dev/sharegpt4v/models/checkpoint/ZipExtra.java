package dev.sharegpt4v.models.checkpoint;

/** The Zip64 field among a zip header's extra fields; its values stand in order for narrow fields full of ones. */
final class ZipExtra {

    private static final int ZIP64 = 1;

    private final MappedFile file;
    private long next;
    private long end;

    ZipExtra(MappedFile file, long begin, int length) {
        this.file = file;
        long limit = begin + length;
        long at = begin;
        while (at + 4 <= limit) {
            long fieldEnd = at + 4 + file.unsignedShort(at + 2);
            if (fieldEnd > limit) {
                throw file.malformed("has a zip header with a broken extra field");
            }
            if (file.unsignedShort(at) == ZIP64) {
                next = at + 4;
                end = fieldEnd;
                return;
            }
            at = fieldEnd;
        }
    }

    /** The wide value of a narrow field. */
    long wide(long narrow) {
        if (narrow != ZipEnd.NARROW_MAX || next + 8 > end) {
            return narrow;
        }
        long value = file.longAt(next);
        next += 8;
        return value;
    }
}
