package dev.sharegpt4v.server.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.bench.Api;
import dev.sharegpt4v.server.bench.RequestForm;
import dev.sharegpt4v.server.bench.Target;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which server is asked and how. */
final class TargetOptions {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String KEY_VARIABLE = "OPENAI_API_KEY";

    @Option(names = "--url", paramLabel = "URL", description = "Server to measure, such as http://localhost:8080.")
    @Nullable
    String url;

    @Option(
            names = "--endpoint-type",
            paramLabel = "TYPE",
            description = "chat or completions; the latter is for servers without chat (${DEFAULT-VALUE}).")
    Api api = Api.CHAT;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description = "Sent as a bearer token; OPENAI_API_KEY of the environment when left out.")
    @Nullable
    String apiKey;

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "Sent with every request; may be repeated.")
    Map<String, String> headers = Map.of();

    @Option(
            names = "--extra-body",
            paramLabel = "JSON",
            description = "Members of every request's body, in place of the usual; null takes one out.")
    @Nullable
    String extraBody;

    @Option(
            names = "--no-ignore-eos",
            description = "Answers may end by themselves: for servers that refuse the field ignore_eos.")
    boolean mayEnd;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Of one request (${DEFAULT-VALUE}).")
    int timeoutSeconds = 600;

    @Nullable
    String problem() {
        return timeoutSeconds < 1 ? "--timeout is positive" : null;
    }

    /**
     * The server at an address.
     *
     * @throws IllegalArgumentException when it is none
     */
    Target target(String address) {
        Map<String, String> all = new LinkedHashMap<>();
        String key = apiKey == null ? System.getenv(KEY_VARIABLE) : apiKey;
        if (key != null && !key.isEmpty()) {
            all.put("Authorization", "Bearer " + key);
        }
        all.putAll(headers);
        return Target.of(address, all, Duration.ofSeconds(timeoutSeconds));
    }

    /**
     * How requests to a model look.
     *
     * @throws IllegalArgumentException when the extra members are no JSON object
     */
    RequestForm form(String model) {
        try {
            JsonNode extra = JSON.readTree(extraBody == null ? "{}" : extraBody);
            if (extra instanceof ObjectNode members) {
                return new RequestForm(api, model, !mayEnd, members);
            }
        } catch (JsonProcessingException e) {
            // Told below.
        }
        throw new IllegalArgumentException("--extra-body is no JSON object: " + extraBody);
    }
}
