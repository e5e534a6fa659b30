package dev.sharegpt4v.models.catalog;

import dev.sharegpt4v.models.text.AnswerDecoder;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.Generation;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import java.util.List;
import java.util.Set;

/** The words of one generation, without what ends them. */
final class AnswerText {

    private final AnswerDecoder decoder;

    AnswerText(Tokenizer tokenizer, List<String> stopStrings, List<Integer> endTokens) {
        this.decoder = new AnswerDecoder(tokenizer, stopStrings, Set.copyOf(endTokens));
    }

    String read(Generation generation) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        while (true) {
            switch (generation.next()) {
                case GenerationEvent.Token token -> {
                    text.append(decoder.append(token.id()));
                    if (decoder.isStopped()) {
                        generation.cancel();
                        return text.toString();
                    }
                }
                case GenerationEvent.Finished _ -> {
                    return text.append(decoder.finish()).toString();
                }
                case GenerationEvent.Failed(EngineException cause) -> throw cause;
            }
        }
    }
}
