package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A checked request for ids, in one of vLLM's two shapes: a text, or messages.
 *
 * <p>Source: vLLM's {@code /tokenize} and {@code /detokenize}.
 */
public sealed interface TokenizeRequest {

    /** The name asked for, if one was. */
    Optional<String> model();

    /** Whether the begin token is wanted. */
    boolean addSpecial();

    /** Whether the pieces are wanted beside the ids. */
    boolean withPieces();

    /** A text that no template is put around. */
    record Text(Optional<String> model, String prompt, boolean addSpecial, boolean withPieces)
            implements TokenizeRequest {}

    /** A dialogue, as a chat request has it. */
    record Chat(ChatCompletionRequest chat, boolean addSpecial, boolean withPieces) implements TokenizeRequest {
        @Override
        public Optional<String> model() {
            return chat.model();
        }
    }

    /**
     * Ids to become text.
     *
     * @param model the name asked for, if one was
     * @param tokens vocabulary ids
     */
    record Back(Optional<String> model, List<Integer> tokens) {

        public Back {
            tokens = List.copyOf(tokens);
        }

        /** Reads a body; ids must be of a vocabulary of so many. */
        public static Back read(JsonNode body, int vocabularySize) {
            JsonFields fields = JsonFields.of(body, "");
            fields.allowOnly(Set.of("model", "tokens"));
            List<Integer> tokens = fields.integers("tokens");
            for (int i = 0; i < tokens.size(); i++) {
                requireToken(tokens.get(i), vocabularySize, "tokens[" + i + "]");
            }
            return new Back(fields.text("model"), tokens);
        }
    }

    /** Refuses what is no id of a vocabulary of so many. */
    static void requireToken(int id, int vocabularySize, String param) {
        if (id < 0 || id >= vocabularySize) {
            throw ApiException.badRequest(
                    "integer_out_of_range",
                    param,
                    "'%s' must be a token id between 0 and %d, got %d.".formatted(param, vocabularySize - 1, id));
        }
    }

    /**
     * Reads a body of either shape.
     *
     * @param defaults as for chat requests
     * @param maxImages images allowed in one request
     */
    static TokenizeRequest read(JsonNode body, GenerationDefaults defaults, int maxImages) {
        JsonFields fields = JsonFields.of(body, "");
        boolean addSpecial = fields.bool("add_special_tokens").orElse(true);
        boolean withPieces = fields.bool("return_token_strs").orElse(false);
        if (!fields.has("messages")) {
            fields.allowOnly(Set.of("model", "prompt", "add_special_tokens", "return_token_strs"));
            String prompt = fields.text("prompt")
                    .orElseThrow(() -> ApiException.badRequest(
                            "missing_required_parameter",
                            "prompt",
                            "Missing required parameter: 'prompt' or 'messages'."));
            return new Text(fields.text("model"), prompt, addSpecial, withPieces);
        }
        if (fields.has("prompt")) {
            throw ApiException.invalid("prompt", "'prompt' and 'messages' cannot both be given.");
        }
        ObjectNode chat = body.deepCopy();
        chat.remove(List.of("add_special_tokens", "return_token_strs"));
        return new Chat(ChatRequestReader.read(chat, defaults, maxImages), addSpecial, withPieces);
    }
}
