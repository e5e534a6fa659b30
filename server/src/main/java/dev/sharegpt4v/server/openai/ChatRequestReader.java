package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import java.util.List;
import java.util.Optional;

/** Reads and checks the body of a chat completion; every member is honoured, harmless, or refused by name. */
public final class ChatRequestReader {

    private static final int LONGEST_ID = 128;

    private ChatRequestReader() {}

    /**
     * Reads a body.
     *
     * @param defaults sampling values that stand where the request gives none
     * @param maxImages images allowed in one request
     */
    public static ChatCompletionRequest read(JsonNode body, GenerationDefaults defaults, int maxImages) {
        ChatFields.check(JsonFields.of(body, ""));
        OlderCalls older = OlderCalls.in(body);
        try {
            return read(JsonFields.of(older.body(), ""), defaults, maxImages, older);
        } catch (ApiException e) {
            throw older.renamed(e);
        }
    }

    private static ChatCompletionRequest read(
            JsonFields fields, GenerationDefaults defaults, int maxImages, OlderCalls older) {
        List<WireMessage> messages = MessageReader.read(fields, maxImages);
        CompletionOptions plain = CompletionFields.read(fields, defaults);
        CompletionOptions options = plain.withDetail(
                DetailFields.read(fields, plain.stream(), plain.detail().runningUsage(), messages));
        Optional<Tools> tools = older.named(ToolFields.read(fields));
        Choices choices = ChoiceFields.read(fields, options);
        return new ChatCompletionRequest(
                fields.text("model"),
                messages,
                DetailFields.ending(fields),
                forced(options, tools, choices),
                choices,
                tools,
                requestId(fields),
                Optional.of(TemplateInput.read(fields, tools)),
                older.given());
    }

    /** An answer that must be a call has its form. */
    static CompletionOptions forced(CompletionOptions options, Optional<Tools> tools, Choices choices) {
        if (tools.isEmpty()) {
            return options;
        }
        options.structure().ifPresent(structure -> {
            throw ApiException.invalid(
                    structure.param(),
                    "An answer has either the form of '" + structure.param()
                            + "' or that of a call; 'tool_choice' must be 'none'.");
        });
        if (tools.get().mode() == Tools.Mode.AUTO) {
            return options;
        }
        if (choices instanceof Choices.Searched) {
            throw ApiException.invalid("tool_choice", "A call cannot be forced in a beam search.");
        }
        return options.withStructure(ToolSchema.forced(tools.get()));
    }

    private static Optional<String> requestId(JsonFields fields) {
        Optional<String> id = fields.text("request_id");
        boolean sane = id.isEmpty()
                || (!id.get().isEmpty()
                        && id.get().length() <= LONGEST_ID
                        && id.get().chars().allMatch(c -> c > ' ' && c < 127));
        if (!sane) {
            throw ApiException.invalid(
                    "request_id", "'request_id' must have 1 to " + LONGEST_ID + " printable ASCII characters.");
        }
        return id;
    }
}
