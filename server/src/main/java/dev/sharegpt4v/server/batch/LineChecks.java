package dev.sharegpt4v.server.batch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** What a line of a batch's input must be; the codes are OpenAI's where it has one. */
final class LineChecks {

    private static final Set<String> MEMBERS = Set.of("custom_id", "method", "url", "body");
    private static final int LONGEST_ID = 512;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(66)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final String endpoint;

    LineChecks(String endpoint) {
        this.endpoint = endpoint;
    }

    /** Why a line is no request. */
    static final class Fault extends Exception {
        private static final long serialVersionUID = 1L;
        private final String code;
        private final String param;

        Fault(String code, String message, String param) {
            super(message);
            this.code = code;
            this.param = param;
        }

        String code() {
            return code;
        }

        String param() {
            return param;
        }
    }

    InputLine read(byte[] bytes) throws Fault {
        JsonNode line = parse(bytes);
        for (String name : (Iterable<String>) line::fieldNames) {
            if (!MEMBERS.contains(name)) {
                throw new Fault("unknown_parameter", "Unknown parameter: '" + name + "'.", name);
            }
        }
        String id = text(line, "custom_id");
        if (id.isEmpty() || id.length() > LONGEST_ID) {
            throw new Fault("invalid_value", "'custom_id' must have 1 to " + LONGEST_ID + " characters.", "custom_id");
        }
        if (!text(line, "method").equals("POST")) {
            throw new Fault("invalid_method", "'method' must be POST.", "method");
        }
        if (!text(line, "url").equals(endpoint)) {
            throw new Fault(
                    "invalid_url",
                    "The URL provided for this request does not match the batch endpoint " + endpoint + ".",
                    "url");
        }
        if (!line.path("body").isObject()) {
            throw missingOr(line, "body", "an object");
        }
        return new InputLine(id, line.path("body"));
    }

    private static JsonNode parse(byte[] bytes) throws Fault {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            JsonNode line = JSON.readTree(bytes);
            if (line.isObject()) {
                return line;
            }
        } catch (CharacterCodingException e) {
            throw new Fault("invalid_utf8", "This line is not valid UTF-8.", "");
        } catch (IOException e) {
            // Told below; the library's own words name its classes.
        }
        throw new Fault("invalid_json_line", "This line is not parseable as one valid JSON object.", "");
    }

    private static String text(JsonNode line, String name) throws Fault {
        if (!line.path(name).isTextual()) {
            throw missingOr(line, name, "a string");
        }
        return line.path(name).textValue();
    }

    private static Fault missingOr(JsonNode line, String name, String expected) {
        return line.hasNonNull(name)
                ? new Fault("invalid_type", "Invalid type for '" + name + "': expected " + expected + ".", name)
                : new Fault("missing_required_parameter", "Missing required parameter: '" + name + "'.", name);
    }
}
