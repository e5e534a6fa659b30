package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.server.openai.ApiException;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalLong;

/** Reads a request's body within its limit; a body that is too large is refused before it is read. */
final class RequestBody {

    private RequestBody() {}

    private static JsonMapper mapper(long maxBytes) {
        return JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxNestingDepth(64)
                                .maxStringLength((int) Math.min(Integer.MAX_VALUE, maxBytes))
                                .build())
                        .build())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
    }

    static String mediaType(ServerRequest request) {
        String value = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        int end = value.indexOf(';');
        return (end < 0 ? value : value.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    static JsonNode json(ServerRequest request, long maxBytes) {
        String type = mediaType(request);
        if (!type.equals("application/json")) {
            throw ApiException.exchange(
                    415, "unsupported_media_type", "Content-Type must be application/json, got '" + type + "'.");
        }
        byte[] bytes = bytes(request, maxBytes);
        requireUtf8(bytes, "");
        ExchangeNotes.current().noteBody(bytes);
        try {
            JsonNode body = mapper(maxBytes).readTree(bytes);
            if (body.isMissingNode()) {
                throw ApiException.badRequest("invalid_json", "", "The body is empty.");
            }
            return body;
        } catch (StreamConstraintsException e) {
            throw ApiException.badRequest(
                    "invalid_json", "", "The body is nested too deeply, or holds a number or a name that is too long.");
        } catch (JsonProcessingException e) {
            throw ApiException.badRequest("invalid_json", "", "The body is not one valid JSON value" + place(e) + ".");
        } catch (IOException e) {
            throw ApiException.badRequest("invalid_json", "", "The body could not be read as JSON.");
        }
    }

    /** The library's own words name its classes and settings, which mean nothing to a caller. */
    private static String place(JsonProcessingException failure) {
        JsonLocation at = failure.getLocation();
        return at == null ? "" : "; see line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    static byte[] bytes(ServerRequest request, long maxBytes) {
        requireSize(request, maxBytes);
        // Not closed: that would wait for the rest of a body that is refused.
        InputStream input = request.content().inputStream();
        try {
            byte[] bytes = input.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, maxBytes + 1));
            if (bytes.length > maxBytes) {
                throw tooLarge(maxBytes);
            }
            return bytes;
        } catch (IOException | DataReader.InsufficientDataAvailableException | NumberFormatException e) {
            throw incomplete();
        }
    }

    /** The web server tells of a lost client by the first of its unchecked exceptions, of a bad chunk by the second. */
    static ApiException incomplete() {
        return ApiException.badRequest("incomplete_body", "", "The body ended early or is not what its headers say.");
    }

    static void requireSize(ServerRequest request, long maxBytes) {
        OptionalLong length = request.headers().contentLength();
        if (length.isPresent() && length.getAsLong() > maxBytes) {
            throw tooLarge(maxBytes);
        }
    }

    static ApiException tooLarge(long maxBytes) {
        return ApiException.exchange(
                413, "request_too_large", "The body is larger than the " + maxBytes + " bytes that are allowed.");
    }

    /** Refuses bytes that are no text; {@code param} is the field they belong to, empty for the whole body. */
    static void requireUtf8(byte[] bytes, String param) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException e) {
            String what = param.isEmpty() ? "The body" : "'" + param + "'";
            throw ApiException.badRequest("invalid_utf8", param, what + " is not valid UTF-8.");
        }
    }
}
