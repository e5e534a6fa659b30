package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WirePart;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads and checks the body of {@code /v1/responses}; every member is honoured, harmless, or refused by name. */
public final class ResponsesRequestReader {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_TOKENS = 1 << 24;

    /** Members that change nothing here, whatever they hold; nothing is stored, and the answer says so. */
    private static final Set<String> HARMLESS = Set.of(
            "store",
            "reasoning",
            "service_tier",
            "safety_identifier",
            "prompt_cache_key",
            "prompt_cache_retention",
            "prompt_cache_options",
            "max_tool_calls");

    /** Members that are not served, beside what they may hold all the same. */
    private static final Set<String> UNSUPPORTED = Set.of(
            "previous_response_id",
            "conversation",
            "background",
            "prompt",
            "truncation",
            "top_logprobs",
            "moderation",
            "context_management");

    /** What may be asked to be included: all but logprobs belongs to items that are never among ours. */
    private static final Set<String> INCLUDABLE = Set.of(
            "file_search_call.results",
            "web_search_call.results",
            "web_search_call.action.sources",
            "message.input_image.image_url",
            "computer_call_output.output.image_url",
            "code_interpreter_call.outputs",
            "reasoning.encrypted_content");

    private static final Set<String> KNOWN = known();

    private ResponsesRequestReader() {}

    private static Set<String> known() {
        Set<String> names = new HashSet<>(SharedFields.NAMES);
        names.addAll(HARMLESS);
        names.addAll(UNSUPPORTED);
        names.addAll(Set.of(
                "model",
                "tools",
                "tool_choice",
                "parallel_tool_calls",
                "input",
                "instructions",
                "max_output_tokens",
                "metadata",
                "text",
                "include",
                "stop",
                "stream_options",
                "user"));
        return Set.copyOf(names);
    }

    /**
     * Reads a body.
     *
     * @param defaults sampling values that stand where the request gives none
     * @param maxImages images allowed in one request
     */
    public static ResponsesRequest read(JsonNode body, GenerationDefaults defaults, int maxImages) {
        JsonFields fields = JsonFields.of(body, "");
        fields.allowOnly(KNOWN);
        refuse(fields);
        List<WireMessage> messages = new ArrayList<>();
        fields.text("instructions")
                .ifPresent(text -> messages.add(new WireMessage(Role.SYSTEM, List.of(new WirePart.Text(text)))));
        messages.addAll(ResponsesInput.read(fields));
        SharedFields.requireImages(messages, maxImages, "input");
        Optional<Tools> tools = ForeignTools.ofResponses(fields);
        CompletionOptions options = ChatRequestReader.forced(options(fields, defaults), tools, Choices.Sampled.ONE);
        ChatCompletionRequest chat = new ChatCompletionRequest(
                fields.text("model"),
                messages,
                Conversation.Ending.ANSWER,
                options,
                Choices.Sampled.ONE,
                tools,
                Optional.empty());
        return new ResponsesRequest(chat, echoed(fields, options));
    }

    private static void refuse(JsonFields fields) {
        for (String name : UNSUPPORTED) {
            if (fields.has(name) && !isHarmless(name, fields.raw(name))) {
                throw SharedFields.unsupported(name);
            }
        }
        if (fields.has("include")) {
            for (String included : fields.texts("include")) {
                if (!INCLUDABLE.contains(included)) {
                    throw ApiException.badRequest(
                            "unsupported_parameter", "include", "'" + included + "' cannot be included.");
                }
            }
        }
    }

    private static boolean isHarmless(String name, JsonNode value) {
        return switch (name) {
            case "background" -> value.isBoolean() && !value.booleanValue();
            case "context_management" -> value.isArray() && value.isEmpty();
            case "truncation" -> value.asText("").equals("disabled");
            case "top_logprobs" -> value.isIntegralNumber() && value.asInt() == 0;
            default -> false;
        };
    }

    private static CompletionOptions options(JsonFields fields, GenerationDefaults defaults) {
        ObjectNode chat = SharedFields.of(fields);
        fields.integer("max_output_tokens", 1, MOST_TOKENS).ifPresent(most -> chat.put("max_tokens", most));
        if (fields.has("stop")) {
            chat.set("stop", fields.raw("stop"));
        }
        fields.text("user");
        if (fields.has("stream_options")) {
            JsonFields stream = fields.object("stream_options");
            stream.allowOnly(Set.of("include_obfuscation"));
            stream.bool("include_obfuscation");
        }
        format(fields, chat);
        return CompletionFields.read(JsonFields.of(chat, ""), defaults);
    }

    /** The form of the text, as a chat request asks for it; {@link #named} gives errors their own paths back. */
    private static void format(JsonFields fields, ObjectNode chat) {
        if (!fields.has("text")) {
            return;
        }
        JsonFields text = fields.object("text");
        text.allowOnly(Set.of("format", "verbosity"));
        if (!text.has("format")) {
            return;
        }
        JsonFields format = text.object("format");
        String type = SharedFields.required(format, "type");
        ObjectNode wanted = chat.putObject("response_format").put("type", type);
        if (type.equals("json_schema")) {
            ObjectNode schema = wanted.putObject("json_schema");
            format.allowOnly(Set.of("type", "name", "description", "schema", "strict"));
            format.object("schema");
            for (String name : List.of("name", "description", "schema", "strict")) {
                if (format.has(name)) {
                    schema.set(name, format.raw(name));
                }
            }
        } else {
            format.allowOnly(Set.of("type"));
        }
    }

    /** The same failure in the words of this route. */
    public static ApiException named(ApiException failure) {
        return failure.renamed(".function.parameters", ".parameters")
                .renamed("response_format.json_schema", "text.format")
                .renamed("response_format", "text.format");
    }

    /** The members that an answer repeats, with what stands where a request says nothing. */
    private static ObjectNode echoed(JsonFields fields, CompletionOptions options) {
        ObjectNode echoed = JSON.createObjectNode();
        echoed.put("instructions", fields.text("instructions").orElse(null));
        if (options.maxTokens().isPresent()) {
            echoed.put("max_output_tokens", options.maxTokens().get());
        } else {
            echoed.putNull("max_output_tokens");
        }
        echoed.set("metadata", metadata(fields));
        echoed.put("parallel_tool_calls", fields.bool("parallel_tool_calls").orElse(true));
        echoed.set("tool_choice", fields.has("tool_choice") ? fields.raw("tool_choice") : JSON.valueToTree("auto"));
        echoed.set("tools", tools(fields));
        echoed.put("temperature", decimal(options.sampling().temperature()));
        echoed.put("top_p", decimal(options.sampling().topP()));
        ObjectNode text = echoed.putObject("text");
        text.putObject("format").put("type", "text");
        fields.raw("text").properties().forEach(member -> text.set(member.getKey(), member.getValue()));
        echoed.putObject("reasoning").putNull("effort").putNull("summary");
        echoed.put("truncation", "disabled");
        for (String name : List.of("user", "safety_identifier", "prompt_cache_key")) {
            if (fields.has(name)) {
                echoed.set(name, fields.raw(name));
            }
        }
        return echoed;
    }

    /** The tools with all members that a description of one has. */
    private static JsonNode tools(JsonFields fields) {
        ArrayNode tools = JSON.createArrayNode();
        if (fields.has("tools")) {
            for (JsonNode tool : fields.raw("tools")) {
                ObjectNode told = tools.addObject().putNull("strict").putNull("parameters");
                tool.properties().forEach(member -> told.set(member.getKey(), member.getValue()));
                told.put("type", "function");
            }
        }
        return tools;
    }

    private static JsonNode metadata(JsonFields fields) {
        if (!fields.has("metadata")) {
            return JSON.createObjectNode();
        }
        JsonNode metadata = fields.raw("metadata");
        // Refuses what is no object.
        fields.object("metadata");
        metadata.properties().forEach(entry -> {
            if (!entry.getValue().isTextual()) {
                throw ApiException.badRequest(
                        "invalid_type",
                        "metadata." + entry.getKey(),
                        "Invalid type for 'metadata." + entry.getKey() + "': expected a string.");
            }
        });
        return metadata;
    }

    /** As the caller wrote it, without the digits that a float adds. */
    private static BigDecimal decimal(float value) {
        return new BigDecimal(Float.toString(value));
    }
}
