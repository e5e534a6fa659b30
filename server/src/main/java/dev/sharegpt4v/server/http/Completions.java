package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.text.AnswerDecoder;
import dev.sharegpt4v.models.text.StopStringMatcher;
import dev.sharegpt4v.runtime.engine.Beam;
import dev.sharegpt4v.runtime.engine.BeamOptions;
import dev.sharegpt4v.runtime.engine.BeamSearch;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.Generation;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.engine.Scheduling;
import dev.sharegpt4v.runtime.engine.StopRule;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.sampling.TokenConstraint;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.CallScanner;
import dev.sharegpt4v.server.openai.CompletionOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Gives prompts to the engine; what it refuses becomes an answer to the caller. */
final class Completions {

    private final ServedModel model;
    private final Deadlines deadlines;
    private final Budget tokens;
    private final WishedTokens wished;
    private final String param;
    private final boolean ofChat;
    private final String name;

    private Completions(EndpointParts parts, String param, boolean ofChat) {
        this.model = parts.model();
        this.deadlines = parts.limits().deadlines();
        this.tokens = parts.gate().tokens();
        this.wished = new WishedTokens(model.tokenizer(), model.engine().shape().sampledVocabularySize());
        this.param = param;
        this.ofChat = ofChat;
        this.name = parts.identity().model();
    }

    /** Answers to conversations, which came in {@code messages}. */
    Completions(EndpointParts parts) {
        this(parts, "messages", true);
    }

    /** Answers to conversations that came in another field. */
    static Completions of(String param, EndpointParts parts) {
        return new Completions(parts, param, true);
    }

    /** What comes after texts: no template ends it, and its first word keeps its space. */
    static Completions ofText(EndpointParts parts) {
        return new Completions(parts, "prompt", false);
    }

    /** One completion. */
    TextGeneration start(String id, Prompt prompt, CompletionOptions options) {
        return start(id, prompt, options, 1, false, Optional::empty).getFirst();
    }

    /**
     * Independent completions of one prompt, which is computed once.
     *
     * @param ranked whether they are compared by their logprobs
     * @param scanner finds calls of functions in a completion
     */
    List<TextGeneration> start(
            String id,
            Prompt prompt,
            CompletionOptions options,
            int count,
            boolean ranked,
            Supplier<Optional<CallScanner>> scanner) {
        StopRule rule = stopRule(prompt, options);
        Optional<TokenConstraint> constraint = options.structure()
                .map(structure -> model.constraints()
                        .of(structure, ofChat && !options.detail().continuing()));
        SamplingOptions sampling = options.sampling().withRules(wished.rules(options.tokens()));
        OptionalInt asked = options.detail().logprobs();
        OptionalInt logprobs = ranked && asked.isEmpty() ? OptionalInt.of(0) : asked;
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(new GenerationRequest(
                    count == 1 ? id : id + "-" + i,
                    prompt,
                    seeded(sampling, i),
                    rule,
                    scheduling(options),
                    logprobs,
                    constraint,
                    // All have one prompt.
                    i == 0 ? options.detail().promptLogprobs() : OptionalInt.empty()));
        }
        AdmissionGate.Place place = admit(prompt, rule, count);
        List<CompletionNote> notes = note(id).completions(prompt, requests);
        try {
            List<TextGeneration> texts = new ArrayList<>();
            AtomicInteger open = new AtomicInteger(count);
            for (Generation generation : model.engine().submitAll(requests)) {
                AnswerDecoder decoder = decoder(prompt, options, rule.stopTokens());
                CompletionNote note = notes.get(texts.size());
                texts.add(new TextGeneration(generation, decoder, prompt, scanner.get(), shared(place, open), note));
            }
            return texts;
        } catch (RuntimeException e) {
            place.close();
            notes.forEach(CompletionNote::refused);
            throw e instanceof EngineException cause ? answer(cause, param) : e;
        }
    }

    private Scheduling scheduling(CompletionOptions options) {
        return deadlines.bound(options.scheduling(), ExchangeNotes.current().waited());
    }

    private ExchangeNotes note(String id) {
        ExchangeNotes notes = ExchangeNotes.current();
        notes.asks(ofChat ? "chat" : "text_completion", name, id);
        return notes;
    }

    /** Gives a place back when the last of those who share it does. */
    private static AdmissionGate.Place shared(AdmissionGate.Place place, AtomicInteger open) {
        AtomicBoolean mine = new AtomicBoolean(true);
        return () -> {
            if (mine.getAndSet(false) && open.decrementAndGet() == 0) {
                place.close();
            }
        };
    }

    private AdmissionGate.Place admit(Prompt prompt, StopRule rule, int count) {
        String most = count > 1 ? "n" : "max_completion_tokens";
        return tokens.take(prompt.length() + (long) count * rule.maxTokens(), most);
    }

    /** A beam search, not yet run, and its share of the tokens under way. */
    Search search(String id, Prompt prompt, CompletionOptions options, BeamOptions beams) {
        StopRule rule = stopRule(prompt, options);
        GenerationRequest request =
                new GenerationRequest(id, prompt, options.sampling(), rule, scheduling(options), OptionalInt.empty());
        AdmissionGate.Place place = admit(prompt, rule, beams.width());
        ExchangeNotes notes = note(id);
        notes.addPrompt(prompt.length());
        return new Search(
                new BeamSearch(model.engine(), request, beams), place, SearchNote.begin(notes, request, beams));
    }

    /** A beam search, its share of the tokens under way, and what is learnt of it. */
    record Search(BeamSearch beams, AdmissionGate.Place place, SearchNote note) implements AutoCloseable {

        /** Runs it to its end; what the engine refuses, and a client who has gone, become answers. */
        List<Beam> run() throws InterruptedException {
            try {
                List<Beam> found = beams.run();
                note.found(found);
                return found;
            } catch (CancellationException _) {
                throw ApiException.clientGone();
            } catch (EngineException e) {
                throw answer(e);
            }
        }

        @Override
        public void close() {
            note.close();
            place.close();
        }
    }

    /** The text of ids that come after a prompt and end as the options say. */
    AnswerDecoder decoder(Prompt prompt, CompletionOptions options) {
        return decoder(prompt, options, ends(options));
    }

    private AnswerDecoder decoder(Prompt prompt, CompletionOptions options, Set<Integer> ends) {
        List<String> dropped = new ArrayList<>();
        // A template's own mark may be part of a text whose form says where it ends.
        if (ofChat && options.structure().isEmpty()) {
            dropped.addAll(model.prompts().template().stopStrings());
        }
        Set<Integer> silent = new HashSet<>(ends);
        if (options.keepStops()) {
            options.stopTokens().forEach(silent::remove);
        } else {
            dropped.addAll(options.stopStrings());
        }
        List<String> kept = options.keepStops() ? options.stopStrings() : List.of();
        AnswerDecoder decoder = new AnswerDecoder(model.tokenizer(), new StopStringMatcher(dropped, kept), silent);
        if (!ofChat || options.detail().continuing()) {
            decoder.follow(prompt.tokens());
        }
        return decoder;
    }

    /** Draws of one request differ, and each is the same whenever it is asked for. */
    private static SamplingOptions seeded(SamplingOptions sampling, int index) {
        return index == 0 || sampling.seed().isEmpty()
                ? sampling
                : sampling.withSeed(OptionalLong.of(sampling.seed().getAsLong() + index));
    }

    private Set<Integer> ends(CompletionOptions options) {
        Set<Integer> ends = new HashSet<>(options.stopTokens());
        if (!options.ignoreEnd()) {
            ends.addAll(model.defaults().endTokens());
        }
        return ends;
    }

    private StopRule stopRule(Prompt prompt, CompletionOptions options) {
        int room = model.positions() - prompt.length();
        if (room < 1) {
            throw ApiException.badRequest(
                    "context_length_exceeded",
                    param,
                    "This model's context has %d positions, but the prompt takes %d, %d of them for images."
                            .formatted(model.positions(), prompt.length(), prompt.imagePositions()));
        }
        int most = Math.min(room, options.maxTokens().orElse(room));
        return new StopRule(most, Math.min(options.minTokens(), most), ends(options), options.repetition());
    }

    static ApiException answer(EngineException cause) {
        return answer(cause, "messages");
    }

    private static ApiException answer(EngineException cause, String param) {
        return switch (cause) {
            case EngineException.TooLong e -> ApiException.badRequest("context_length_exceeded", param, message(e));
            case EngineException.TooMany e -> ApiException.invalid("n", message(e));
            case EngineException.QueueFull e -> ApiException.overloaded(message(e));
            case EngineException.TimedOut e -> ApiException.unavailable("timeout", message(e));
            case EngineException.ShuttingDown e -> ApiException.unavailable("shutting_down", message(e));
            case EngineException.DeviceFailed _ -> ApiException.internal("The model failed to answer this request.");
        };
    }

    private static String message(EngineException e) {
        return "The request cannot be served: " + e.getMessage() + ".";
    }
}
