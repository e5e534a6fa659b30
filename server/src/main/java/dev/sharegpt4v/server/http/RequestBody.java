package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.server.openai.ApiException;
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
        if (bytes.length == 0) {
            throw ApiException.badRequest("invalid_json", "", "The body is empty.");
        }
        requireUtf8(bytes);
        try {
            return mapper(maxBytes).readTree(bytes);
        } catch (JsonProcessingException e) {
            throw ApiException.badRequest("invalid_json", "", "The body is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw ApiException.badRequest("invalid_json", "", "The body could not be read as JSON.");
        }
    }

    static byte[] bytes(ServerRequest request, long maxBytes) {
        requireSize(request, maxBytes);
        try (InputStream input = request.content().inputStream()) {
            byte[] bytes = input.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, maxBytes + 1));
            if (bytes.length > maxBytes) {
                throw tooLarge(maxBytes);
            }
            return bytes;
        } catch (IOException e) {
            throw ApiException.badRequest("incomplete_body", "", "The body ended early.");
        }
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

    private static void requireUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException e) {
            throw ApiException.badRequest("invalid_utf8", "", "The body is not valid UTF-8.");
        }
    }
}
