package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.text.AnswerDecoder;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.server.openai.TextCompletionRequest;
import dev.sharegpt4v.server.openai.TextCompletionRequest.TextPrompt;
import dev.sharegpt4v.server.openai.TextCompletionWriter;
import java.util.List;
import java.util.Set;

/** {@code POST /v1/completions}: what comes after texts or ids, without any template; whole or streamed. */
final class TextCompletionsEndpoint implements JsonRoute {

    private final ServedModel model;
    private final HttpLimits limits;
    private final TextLimit textLimit;
    private final Identity identity;
    private final TextAnswers answers;

    TextCompletionsEndpoint(EndpointParts parts) {
        this.model = parts.model();
        this.limits = parts.limits();
        this.textLimit = parts.textLimit();
        this.identity = parts.identity();
        this.answers = new TextAnswers(Completions.ofText(parts), model.tokenizer(), limits.pingInterval());
    }

    @Override
    public void answer(JsonNode body, Reply reply, Client client) throws InterruptedException {
        TextCompletionRequest asked = TextCompletionRequest.read(
                body, model.defaults(), model.tokenizer().vocabularySize());
        asked.model().ifPresent(identity::requireModel);
        List<TextAnswers.Begun> prompts =
                textLimit.each(client, asked.prompts(), asked.prompts().size(), prompt -> begun(prompt, asked));
        answers.give(reply, new TextCompletionWriter(identity.writer("cmpl-")), prompts, asked, client);
    }

    private TextAnswers.Begun begun(TextPrompt prompt, TextCompletionRequest asked) {
        return switch (prompt) {
            case TextPrompt.Words(String text, String param) -> {
                textLimit.require(text, param);
                int[] ids = model.prompts().encode(text, asked.addBegin() || text.isEmpty());
                yield new TextAnswers.Begun(new Prompt(ids, List.of()), asked.echo() ? text : "");
            }
            case TextPrompt.Ids list -> {
                int[] ids = list.ids().stream().mapToInt(Integer::intValue).toArray();
                yield new TextAnswers.Begun(new Prompt(ids, List.of()), asked.echo() ? words(ids) : "");
            }
        };
    }

    /** As far as the ids make them certain; what they leave open is part of what follows. */
    private String words(int[] ids) {
        return new AnswerDecoder(model.tokenizer(), List.of(), Set.of()).follow(ids);
    }
}
