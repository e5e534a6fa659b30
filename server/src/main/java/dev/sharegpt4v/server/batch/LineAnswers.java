package dev.sharegpt4v.server.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.WireWriter;
import org.jspecify.annotations.Nullable;

/** Lines of output and error files, in OpenAI's shape. */
final class LineAnswers {

    private static final JsonMapper JSON = new JsonMapper();

    private LineAnswers() {}

    static Answer completed(String customId, JsonNode body) {
        JsonNode usage = body.path("usage");
        return new Answer(
                true,
                either(usage, "prompt_tokens", "input_tokens"),
                Math.max(
                        usage.at("/prompt_tokens_details/cached_tokens").asLong(),
                        usage.at("/input_tokens_details/cached_tokens").asLong()),
                either(usage, "completion_tokens", "output_tokens"),
                WireWriter.bytes(response(customId, 200, body)));
    }

    private static long either(JsonNode usage, String name, String other) {
        return usage.has(name) ? usage.path(name).asLong() : usage.path(other).asLong();
    }

    /** An answer that is no success. */
    static Answer failed(String customId, ApiException failure) {
        return new Answer(
                false, 0, 0, 0, WireWriter.bytes(response(customId, failure.status(), WireWriter.error(failure))));
    }

    /** A line that was never answered. */
    static byte[] unanswered(String customId, String code, String message) {
        ObjectNode line = line(customId, null);
        line.putObject("error").put("code", code).put("message", message);
        return WireWriter.bytes(line);
    }

    private static ObjectNode response(String customId, int status, JsonNode body) {
        ObjectNode response = JSON.createObjectNode();
        response.put("status_code", status);
        response.put("request_id", Ids.fresh("req_"));
        response.set("body", body);
        ObjectNode line = line(customId, response);
        line.putNull("error");
        return line;
    }

    private static ObjectNode line(String customId, @Nullable ObjectNode response) {
        ObjectNode line = JSON.createObjectNode();
        line.put("id", Ids.fresh("batch_req_"));
        line.put("custom_id", customId);
        line.set("response", response);
        return line;
    }
}
