package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.sampling.TokenLogprobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;

/**
 * One beam search. Each length is one batch of requests for one token each: the prefix cache holds what beams share, and a
 * beam that goes on alone is computed nowhere twice.
 *
 * <p>Order and scores are those of vLLM's {@code beam_search}: of the {@code 2 · width} likeliest next tokens of every beam,
 * those that end one are kept aside, and the best {@code width} of the others go on.
 */
public final class BeamSearch {

    private static final Comparator<Hypothesis> BEST_FIRST =
            Comparator.comparingDouble(Hypothesis::logprob).reversed();

    private final Engine engine;
    private final GenerationRequest request;
    private final BeamOptions options;
    private final int mostTokens;
    private final List<Beam> ended = new ArrayList<>();
    private List<Generation> live = List.of();
    private boolean cancelled;
    private int cachedTokens;
    private long started;

    private record Hypothesis(List<Integer> tokens, double logprob) {

        Hypothesis with(int token, float tokenLogprob) {
            List<Integer> longer = new ArrayList<>(tokens);
            longer.add(token);
            return new Hypothesis(longer, logprob + tokenLogprob);
        }
    }

    /** A search for the best completions of a request's prompt; its sampling options and logprobs are not used. */
    public BeamSearch(Engine engine, GenerationRequest request, BeamOptions options) {
        this.engine = engine;
        this.request = request;
        this.options = options;
        int context = engine.shape().contextLength() - request.prompt().length();
        this.mostTokens = Math.min(request.stop().maxTokens(), context);
    }

    /**
     * Searches to the end, or until the request's time is over: then the beams are as long as they have become.
     *
     * @return the best {@code width} completions, the best first
     * @throws EngineException when the engine refuses or fails one of the steps
     * @throws CancellationException after {@link #cancel()}
     */
    public List<Beam> run() throws InterruptedException {
        started = System.nanoTime();
        List<Hypothesis> beams = List.of(new Hypothesis(List.of(), 0));
        FinishReason reason = FinishReason.LENGTH;
        for (int length = 1; length <= mostTokens && !beams.isEmpty() && reason == FinishReason.LENGTH; length++) {
            List<TokenLogprobs> found = ask(beams, length);
            if (found.size() == beams.size()) {
                beams = grow(beams, found, length);
            } else {
                reason = FinishReason.TIMEOUT;
            }
        }
        for (Hypothesis beam : beams) {
            end(beam, beam.tokens().size(), reason);
        }
        return ended.stream()
                .sorted(Comparator.comparingDouble(Beam::score).reversed())
                .limit(options.width())
                .toList();
    }

    /** Positions of the prompt whose keys and values were there when the search began. */
    public int cachedTokens() {
        return cachedTokens;
    }

    /** Ends the search from another thread; its blocks are free before the engine's next step. */
    public synchronized void cancel() {
        cancelled = true;
        live.forEach(Generation::cancel);
    }

    private List<Hypothesis> grow(List<Hypothesis> beams, List<TokenLogprobs> found, int length) {
        List<Hypothesis> grown = new ArrayList<>();
        for (int i = 0; i < beams.size(); i++) {
            TokenLogprobs next = found.get(i);
            for (int j = 0; j < next.ids().length; j++) {
                Hypothesis longer = beams.get(i).with(next.ids()[j], next.logprobs()[j]);
                if (!request.stop().stopTokens().contains(next.ids()[j])) {
                    grown.add(longer);
                } else if (length > request.stop().minTokens()) {
                    end(longer, length - 1, FinishReason.STOP);
                }
            }
        }
        if (options.earlyStopping() && ended.size() >= options.width()) {
            return List.of();
        }
        return grown.stream().sorted(BEST_FIRST).limit(options.width()).toList();
    }

    private void end(Hypothesis beam, int length, FinishReason reason) {
        double score = beam.logprob() / Math.pow(Math.max(1, length), options.lengthPenalty());
        ended.add(new Beam(beam.tokens(), beam.logprob(), score, reason));
    }

    /** The likeliest next tokens of each beam, from steps that all beams share; those of fewer when time is over. */
    private List<TokenLogprobs> ask(List<Hypothesis> beams, int length) throws InterruptedException {
        List<GenerationRequest> steps = new ArrayList<>();
        Scheduling scheduling = length == 1 ? request.scheduling() : laterScheduling();
        for (int i = 0; i < beams.size(); i++) {
            steps.add(step(beams.get(i), i, scheduling));
        }
        List<Generation> generations = start(steps);
        List<TokenLogprobs> found = new ArrayList<>();
        try {
            for (Generation generation : generations) {
                read(generation, length).ifPresent(found::add);
            }
            if (length == 1) {
                cachedTokens = generations.getFirst().cachedTokens();
            }
        } finally {
            generations.forEach(Generation::close);
        }
        return found;
    }

    /** A search under way waits in no queue, and has what is left of its time. */
    private Scheduling laterScheduling() {
        Scheduling asked = request.scheduling();
        Duration passed = Duration.ofNanos(System.nanoTime() - started);
        return new Scheduling(
                asked.priority(),
                asked.cacheSalt(),
                Optional.empty(),
                asked.timeout().map(all -> all.compareTo(passed) > 0 ? all.minus(passed) : Duration.ZERO));
    }

    private synchronized List<Generation> start(List<GenerationRequest> steps) {
        if (cancelled) {
            throw new CancellationException("the search was cancelled");
        }
        live = engine.submitAll(steps);
        return live;
    }

    /** What one step found; nothing when the time of a search under way was over. */
    private static Optional<TokenLogprobs> read(Generation generation, int length) throws InterruptedException {
        return switch (generation.next()) {
            case GenerationEvent.Token token -> token.logprobs();
            case GenerationEvent.Finished _ -> throw new CancellationException("the search was cancelled");
            case GenerationEvent.Failed(EngineException cause)
            when length > 1 && cause instanceof EngineException.TimedOut -> Optional.empty();
            case GenerationEvent.Failed(EngineException cause) -> throw cause;
        };
    }

    private GenerationRequest step(Hypothesis beam, int index, Scheduling scheduling) {
        int[] before = request.prompt().tokens();
        int[] tokens = Arrays.copyOf(before, before.length + beam.tokens().size());
        for (int i = 0; i < beam.tokens().size(); i++) {
            tokens[before.length + i] = beam.tokens().get(i);
        }
        return new GenerationRequest(
                request.id() + "-beam-" + index,
                new Prompt(tokens, request.prompt().images()),
                SamplingOptions.GREEDY,
                new StopRule(1, 0, request.stop().stopTokens()),
                scheduling,
                OptionalInt.of(2 * options.width()));
    }
}
