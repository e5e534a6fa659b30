package dev.sharegpt4v.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the safetensors format: a JSON header, then the bytes of all tensors without holes or overlaps. */
final class SafetensorsFile {

    private static final long MAX_HEADER_BYTES = 100_000_000;
    private static final int MAX_DIMENSIONS = 8;

    private SafetensorsFile() {}

    private record Entry(String name, String type, long[] shape, long begin, long end) {}

    /** Tensors by the names in the file, in file order. */
    static Map<String, TensorView> read(MappedFile file) {
        if (file.size() < 8) {
            throw file.malformed("is too short for a safetensors header");
        }
        long headerBytes = file.longAt(0);
        if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES || headerBytes > file.size() - 8) {
            throw file.malformed("claims a safetensors header of " + Long.toUnsignedString(headerBytes) + " bytes");
        }
        byte[] header = file.copy(8, headerBytes);
        if (header[0] != '{') {
            throw file.malformed("has a safetensors header that does not start with '{'");
        }
        return tensors(file, entries(file, Json.parse(header, file.path())), 8 + headerBytes);
    }

    private static List<Entry> entries(MappedFile file, JsonNode header) {
        List<Entry> entries = new ArrayList<>();
        header.properties().forEach(field -> {
            if (!field.getKey().equals("__metadata__")) {
                entries.add(entry(file, field.getKey(), field.getValue()));
            }
        });
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        return entries;
    }

    private static Entry entry(MappedFile file, String name, JsonNode node) {
        JsonNode offsets = node.path("data_offsets");
        JsonNode shape = node.path("shape");
        if (!node.path("dtype").isTextual()
                || !shape.isArray()
                || shape.size() > MAX_DIMENSIONS
                || offsets.size() != 2
                || !offsets.path(0).canConvertToExactIntegral()
                || !offsets.path(1).canConvertToExactIntegral()) {
            throw file.malformed("tensor " + name + " has a malformed header entry");
        }
        long[] dimensions = new long[shape.size()];
        for (int i = 0; i < dimensions.length; i++) {
            if (!shape.path(i).isIntegralNumber()
                    || !shape.path(i).canConvertToLong()
                    || shape.path(i).longValue() < 0) {
                throw file.malformed("tensor " + name + " has a malformed shape");
            }
            dimensions[i] = shape.path(i).longValue();
        }
        return new Entry(
                name,
                node.path("dtype").textValue(),
                dimensions,
                offset(file, name, offsets.path(0)),
                offset(file, name, offsets.path(1)));
    }

    private static long offset(MappedFile file, String name, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw file.malformed("tensor " + name + " has a malformed offset");
        }
        return node.longValue();
    }

    private static Map<String, TensorView> tensors(MappedFile file, List<Entry> entries, long dataStart) {
        Map<String, TensorView> tensors = new LinkedHashMap<>();
        long expected = 0;
        for (Entry entry : entries) {
            if (entry.begin() != expected || entry.end() < entry.begin()) {
                throw file.malformed("tensor " + entry.name() + " at offsets " + entry.begin() + " to " + entry.end()
                        + " leaves a hole or overlaps the one before, which ends at " + expected);
            }
            expected = entry.end();
            long bytes = entry.end() - entry.begin();
            if (dataStart + entry.end() > file.size()) {
                throw file.malformed("tensor " + entry.name() + " ends beyond the file");
            }
            ElementType type = elementType(file, entry);
            if (bytes != ByteCounts.of(file, entry.name(), type, entry.shape())) {
                throw file.malformed(
                        "tensor " + entry.name() + " has " + bytes + " bytes, which its shape does not take");
            }
            tensors.put(
                    entry.name(),
                    MappedTensor.contiguous(
                            entry.name(), type, entry.shape(), file.slice(dataStart + entry.begin(), bytes)));
        }
        if (dataStart + expected != file.size()) {
            throw file.malformed("holds " + (file.size() - dataStart - expected) + " bytes that belong to no tensor");
        }
        return tensors;
    }

    private static ElementType elementType(MappedFile file, Entry entry) {
        return switch (entry.type()) {
            case "F32" -> ElementType.F32;
            case "F16" -> ElementType.F16;
            case "BF16" -> ElementType.BF16;
            case "F64" -> ElementType.F64;
            case "I64" -> ElementType.I64;
            case "I32" -> ElementType.I32;
            case "I16" -> ElementType.I16;
            case "I8" -> ElementType.I8;
            case "U8" -> ElementType.U8;
            case "BOOL" -> ElementType.BOOL;
            default ->
                throw file.malformed(
                        "tensor " + entry.name() + " has element type " + entry.type() + ", which is not supported");
        };
    }
}
