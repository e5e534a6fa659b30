package dev.sharegpt4v.models.checkpoint;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the safetensors format: the length of a JSON header, the header, then the bytes of all tensors without holes or
 * overlaps.
 *
 * <p>Source: huggingface/safetensors, README.md and tensor.rs.
 */
final class SafetensorsFile {

    private static final long MAX_HEADER_BYTES = 100_000_000;

    private SafetensorsFile() {}

    /** Tensors by the names in the file, in file order. */
    static Map<String, MappedTensor> read(MappedFile file) {
        if (file.size() < 8) {
            throw file.malformed("is too short for a safetensors header");
        }
        long headerBytes = file.longAt(0);
        if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES || headerBytes > file.size() - 8) {
            throw file.malformed("claims a safetensors header of " + Long.toUnsignedString(headerBytes) + " bytes");
        }
        if (file.unsignedByte(8) != '{') {
            throw file.malformed("has a safetensors header that does not start with '{'");
        }
        return tensors(file, SafetensorsHeader.read(file, 8, headerBytes), 8 + headerBytes);
    }

    private static Map<String, MappedTensor> tensors(
            MappedFile file, List<SafetensorsHeader.Entry> entries, long dataStart) {
        entries.sort(Comparator.comparingLong(SafetensorsHeader.Entry::begin)
                .thenComparingLong(SafetensorsHeader.Entry::end));
        Map<String, MappedTensor> tensors = new LinkedHashMap<>();
        long end = 0;
        for (SafetensorsHeader.Entry entry : entries) {
            if (entry.begin() != end || entry.end() < entry.begin()) {
                throw file.malformed("tensor " + entry.name() + " at offsets " + entry.begin() + " to " + entry.end()
                        + " leaves a hole or overlaps the one before, which ends at " + end);
            }
            end = entry.end();
            if (end > file.size() - dataStart) {
                throw file.malformed("tensor " + entry.name() + " ends beyond the file");
            }
            tensors.put(entry.name(), tensor(file, entry, dataStart));
        }
        if (end != file.size() - dataStart) {
            throw file.malformed("holds " + (file.size() - dataStart - end) + " bytes that belong to no tensor");
        }
        return tensors;
    }

    private static MappedTensor tensor(MappedFile file, SafetensorsHeader.Entry entry, long dataStart) {
        long bytes = entry.end() - entry.begin();
        if (bytes != ByteCounts.of(file, entry.name(), entry.type(), entry.shape())) {
            throw file.malformed("tensor " + entry.name() + " has " + bytes + " bytes, which its shape does not take");
        }
        return MappedTensor.contiguous(
                file.path(), entry.name(), entry.type(), entry.shape(), file.slice(dataStart + entry.begin(), bytes));
    }
}
