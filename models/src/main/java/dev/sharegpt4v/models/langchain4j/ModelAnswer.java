package dev.sharegpt4v.models.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.TokenUsage;
import dev.sharegpt4v.models.text.AnswerDecoder;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.FinishReason;
import dev.sharegpt4v.runtime.engine.Generation;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import java.util.Optional;

/** A generation as LangChain4j sees it: fragments of text, then the whole response. One reader. */
final class ModelAnswer implements AutoCloseable {

    private final String model;
    private final Generation generation;
    private final AnswerDecoder decoder;
    private final int promptTokens;
    private final StringBuilder text = new StringBuilder();
    private int tokens;
    private Optional<FinishReason> end = Optional.empty();

    private ModelAnswer(String model, Generation generation, AnswerDecoder decoder, int promptTokens) {
        this.model = model;
        this.generation = generation;
        this.decoder = decoder;
        this.promptTokens = promptTokens;
    }

    /** Gives a question to the engine. */
    static ModelAnswer start(EngineParts parts, RequestTranslator.Question question) {
        try {
            Generation generation = parts.engine().submit(question.request());
            return new ModelAnswer(
                    parts.name(),
                    generation,
                    question.decoder(),
                    question.request().prompt().length());
        } catch (EngineException e) {
            throw Failures.of(e);
        }
    }

    /**
     * The next fragment of text, or empty when there is none any more; blocks until one of both.
     *
     * @throws dev.langchain4j.exception.LangChain4jException when the engine could not go on
     */
    Optional<String> next() throws InterruptedException {
        while (end.isEmpty()) {
            String fragment = take(generation.next());
            if (!fragment.isEmpty()) {
                text.append(fragment);
                return Optional.of(fragment);
            }
        }
        return Optional.empty();
    }

    private String take(GenerationEvent event) {
        return switch (event) {
            case GenerationEvent.Token token -> {
                tokens++;
                String fragment = decoder.append(token.id());
                if (decoder.isStopped()) {
                    generation.cancel();
                    end = Optional.of(FinishReason.STOP);
                }
                yield fragment;
            }
            case GenerationEvent.Finished finished -> {
                String rest = decoder.finish();
                end = Optional.of(decoder.isStopped() ? FinishReason.STOP : finished.reason());
                yield rest;
            }
            case GenerationEvent.Failed(EngineException cause) -> throw Failures.of(cause);
        };
    }

    /** The whole response, once {@link #next()} gave its last. */
    ChatResponse response() {
        FinishReason reason =
                end.orElseThrow(() -> new IllegalStateException("the answer has not ended. This is a bug."));
        return ChatResponse.builder()
                .aiMessage(AiMessage.from(text.toString()))
                .metadata(ChatResponseMetadata.builder()
                        .id(generation.id())
                        .modelName(model)
                        .tokenUsage(new TokenUsage(promptTokens, tokens))
                        .finishReason(reason(reason))
                        .build())
                .build();
    }

    private static dev.langchain4j.model.output.FinishReason reason(FinishReason reason) {
        return switch (reason) {
            case STOP -> dev.langchain4j.model.output.FinishReason.STOP;
            case LENGTH -> dev.langchain4j.model.output.FinishReason.LENGTH;
            default -> dev.langchain4j.model.output.FinishReason.OTHER;
        };
    }

    /** From any thread. */
    void cancel() {
        generation.cancel();
    }

    @Override
    public void close() {
        generation.close();
    }
}
