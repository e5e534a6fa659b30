package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.chat.RenderedText;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.server.openai.PromptWriter;
import dev.sharegpt4v.server.openai.TokenizeRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code POST /tokenize} and {@code POST /detokenize}: text to ids and back. */
final class TokenizeEndpoints {

    private final ServedModel model;
    private final HttpLimits limits;
    private final Identity identity;
    private final TextLimit textLimit;
    private final ChatPrompts prompts;

    TokenizeEndpoints(EndpointParts parts) {
        this.model = parts.model();
        this.limits = parts.limits();
        this.identity = parts.identity();
        this.textLimit = parts.textLimit();
        this.prompts = new ChatPrompts(parts);
    }

    void tokenize(JsonNode body, Reply reply, Client client) {
        TokenizeRequest asked = TokenizeRequest.read(body, model.defaults(), limits.maxImages());
        asked.model().ifPresent(identity::requireModel);
        int[] ids = ids(asked);
        Optional<List<String>> pieces = asked.withPieces() ? Optional.of(pieces(ids)) : Optional.empty();
        reply.send(PromptWriter.tokens(ids, model.positions(), pieces));
    }

    private int[] ids(TokenizeRequest asked) {
        return switch (asked) {
            case TokenizeRequest.Text text -> {
                textLimit.require(text.prompt(), "prompt");
                yield model.prompts().encode(text.prompt(), text.addSpecial());
            }
            case TokenizeRequest.Chat chat -> {
                int[] ids = prompts.prompt(chat.chat()).tokens();
                // Every template of the family starts with the begin token.
                yield chat.addSpecial() ? ids : Arrays.copyOfRange(ids, 1, ids.length);
            }
        };
    }

    private List<String> pieces(int[] ids) {
        Tokenizer tokenizer = model.tokenizer();
        return Arrays.stream(ids)
                .mapToObj(id -> id == Prompt.IMAGE_PLACEHOLDER ? RenderedText.IMAGE : tokenizer.pieceText(id))
                .toList();
    }

    void detokenize(JsonNode body, Reply reply, Client client) {
        Tokenizer tokenizer = model.tokenizer();
        TokenizeRequest.Back asked = TokenizeRequest.Back.read(body, tokenizer.vocabularySize());
        asked.model().ifPresent(identity::requireModel);
        int[] ids = asked.tokens().stream().mapToInt(Integer::intValue).toArray();
        reply.send(PromptWriter.text(tokenizer.spellOut(ids)));
    }
}
