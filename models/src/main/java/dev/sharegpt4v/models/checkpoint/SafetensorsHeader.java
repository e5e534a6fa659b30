package dev.sharegpt4v.models.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a safetensors header entry by entry: the memory it takes is bounded by tensors, not by the header's length. */
final class SafetensorsHeader {

    private static final int MAX_TENSORS = 100_000;
    private static final int MAX_METADATA = 100_000;
    private static final int MAX_DIMENSIONS = 8;

    private final MappedFile file;
    private final JsonParser parser;

    private SafetensorsHeader(MappedFile file, JsonParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /** Offsets count from the end of the header; nothing is checked against the file yet. */
    record Entry(String name, ElementType type, long[] shape, long begin, long end) {}

    /** The entries in the order of the header. */
    static List<Entry> read(MappedFile file, long begin, long length) {
        try (JsonParser parser = Json.parser(new SegmentInput(file.slice(begin, length)))) {
            return new SafetensorsHeader(file, parser).entries();
        } catch (JsonProcessingException e) {
            throw new CheckpointException(
                    file.path() + ": has a header that is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new CheckpointException(file.path() + ": has a header that cannot be read: " + e.getMessage(), e);
        }
    }

    private List<Entry> entries() throws IOException {
        require(parser.nextToken() == JsonToken.START_OBJECT, "has a header that is not a JSON object");
        List<Entry> entries = new ArrayList<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            if (name.equals("__metadata__")) {
                skipMetadata();
            } else {
                entries.add(entry(name));
                require(entries.size() <= MAX_TENSORS, "holds more tensors than any checkpoint");
            }
        }
        require(parser.currentToken() == JsonToken.END_OBJECT, "has a header that is not a JSON object");
        require(parser.nextToken() == null, "has bytes after its header's JSON object");
        return entries;
    }

    private void skipMetadata() throws IOException {
        require(parser.nextToken() == JsonToken.START_OBJECT, "has malformed metadata");
        int count = 0;
        while (parser.nextFieldName() != null) {
            require(++count <= MAX_METADATA && parser.nextToken() == JsonToken.VALUE_STRING, "has malformed metadata");
        }
    }

    private Entry entry(String name) throws IOException {
        require(parser.nextToken() == JsonToken.START_OBJECT, malformed(name));
        ElementType type = null;
        long[] shape = null;
        long[] offsets = null;
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            switch (key) {
                case "dtype" -> type = elementType(name, parser.nextTextValue());
                case "shape" -> shape = numbers(name, MAX_DIMENSIONS);
                case "data_offsets" -> offsets = numbers(name, 2);
                default -> throw file.malformed(malformed(name));
            }
        }
        if (type == null || shape == null || offsets == null || offsets.length != 2) {
            throw file.malformed(malformed(name));
        }
        return new Entry(name, type, shape, offsets[0], offsets[1]);
    }

    private long[] numbers(String name, int most) throws IOException {
        require(parser.nextToken() == JsonToken.START_ARRAY, malformed(name));
        long[] numbers = new long[most];
        int count = 0;
        while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
            require(count < most && parser.getLongValue() >= 0, malformed(name));
            numbers[count++] = parser.getLongValue();
        }
        require(parser.currentToken() == JsonToken.END_ARRAY, malformed(name));
        return Arrays.copyOf(numbers, count);
    }

    private ElementType elementType(String tensor, @Nullable String name) {
        for (ElementType type : ElementType.values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        throw file.malformed("tensor " + tensor + " has element type " + name + ", which is not supported");
    }

    private static String malformed(String tensor) {
        return "tensor " + tensor + " has a malformed header entry";
    }

    private void require(boolean condition, String what) {
        if (!condition) {
            throw file.malformed(what);
        }
    }
}
