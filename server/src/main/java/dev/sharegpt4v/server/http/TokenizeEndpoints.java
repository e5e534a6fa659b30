package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.chat.RenderedText;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.server.openai.PromptWriter;
import dev.sharegpt4v.server.openai.TokenizeRequest;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code POST /tokenize} and {@code POST /detokenize}: text to ids and back. */
final class TokenizeEndpoints {

    private final ServedModel model;
    private final HttpLimits limits;
    private final AdmissionGate gate;
    private final Identity identity;
    private final TextLimit textLimit;
    private final ChatPrompts prompts;

    TokenizeEndpoints(EndpointParts parts) {
        this.model = parts.model();
        this.limits = parts.limits();
        this.gate = parts.gate();
        this.identity = parts.identity();
        this.textLimit = parts.textLimit();
        this.prompts = new ChatPrompts(parts);
    }

    void tokenize(ServerRequest request, ServerResponse response) {
        try (AdmissionGate.Place _ = gate.enter()) {
            TokenizeRequest asked = TokenizeRequest.read(
                    RequestBody.json(request, limits.maxBodyBytes()), model.defaults(), limits.maxImages());
            asked.model().ifPresent(identity::requireModel);
            int[] ids = ids(asked);
            Optional<List<String>> pieces = asked.withPieces() ? Optional.of(pieces(ids)) : Optional.empty();
            Answers.json(response, 200, PromptWriter.tokens(ids, model.positions(), pieces));
        }
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

    void detokenize(ServerRequest request, ServerResponse response) {
        try (AdmissionGate.Place _ = gate.enter()) {
            Tokenizer tokenizer = model.tokenizer();
            TokenizeRequest.Back asked = TokenizeRequest.Back.read(
                    RequestBody.json(request, limits.maxBodyBytes()), tokenizer.vocabularySize());
            asked.model().ifPresent(identity::requireModel);
            int[] ids = asked.tokens().stream().mapToInt(Integer::intValue).toArray();
            Answers.json(response, 200, PromptWriter.text(tokenizer.spellOut(ids)));
        }
    }
}
