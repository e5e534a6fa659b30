package dev.sharegpt4v.models.catalog;

import dev.sharegpt4v.models.text.IncrementalDetokenizer;
import dev.sharegpt4v.models.text.StopStringMatcher;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.Generation;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import java.util.List;

/** The words of one generation, without what ends them. */
final class AnswerText {

    private final IncrementalDetokenizer detokenizer;
    private final StopStringMatcher stops;
    private final List<Integer> endTokens;

    AnswerText(Tokenizer tokenizer, List<String> stopStrings, List<Integer> endTokens) {
        this.detokenizer = new IncrementalDetokenizer(tokenizer);
        this.stops = new StopStringMatcher(stopStrings);
        this.endTokens = endTokens;
    }

    String read(Generation generation) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        while (true) {
            switch (generation.next()) {
                case GenerationEvent.Token(int id) -> {
                    if (!endTokens.contains(id)) {
                        text.append(stops.append(detokenizer.append(id)));
                    }
                    if (stops.matched().isPresent()) {
                        generation.cancel();
                        return text.toString();
                    }
                }
                case GenerationEvent.Finished _ -> {
                    return text.append(stops.append(detokenizer.finish()))
                            .append(stops.finish())
                            .toString();
                }
                case GenerationEvent.Failed(EngineException cause) -> throw cause;
            }
        }
    }
}
