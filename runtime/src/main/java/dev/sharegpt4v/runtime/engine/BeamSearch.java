package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.runtime.sampling.TokenLogprobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
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
     * Searches to the end.
     *
     * @return the best {@code width} completions, the best first
     * @throws EngineException when the engine refuses or fails one of the steps
     * @throws CancellationException after {@link #cancel()}
     */
    public List<Beam> run() throws InterruptedException {
        List<Hypothesis> beams = List.of(new Hypothesis(List.of(), 0));
        for (int length = 1; length <= mostTokens && !beams.isEmpty(); length++) {
            beams = grow(beams, length);
        }
        beams.forEach(beam -> end(beam, beam.tokens().size(), FinishReason.LENGTH));
        return ended.stream()
                .sorted(Comparator.comparingDouble(Beam::score).reversed())
                .limit(options.width())
                .toList();
    }

    /** Ends the search from another thread; its blocks are free before the engine's next step. */
    public synchronized void cancel() {
        cancelled = true;
        live.forEach(Generation::cancel);
    }

    private List<Hypothesis> grow(List<Hypothesis> beams, int length) throws InterruptedException {
        List<TokenLogprobs> found = ask(beams);
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

    /** The likeliest next tokens of each beam, from steps that all beams share. */
    private List<TokenLogprobs> ask(List<Hypothesis> beams) throws InterruptedException {
        List<GenerationRequest> steps = new ArrayList<>();
        for (int i = 0; i < beams.size(); i++) {
            steps.add(step(beams.get(i), i));
        }
        List<Generation> generations = start(steps);
        List<TokenLogprobs> found = new ArrayList<>();
        try {
            for (Generation generation : generations) {
                found.add(read(generation));
            }
        } finally {
            generations.forEach(Generation::close);
        }
        return found;
    }

    private synchronized List<Generation> start(List<GenerationRequest> steps) {
        if (cancelled) {
            throw new CancellationException("the search was cancelled");
        }
        live = engine.submitAll(steps);
        return live;
    }

    private static TokenLogprobs read(Generation generation) throws InterruptedException {
        return switch (generation.next()) {
            case GenerationEvent.Token token -> token.logprobs().orElseThrow();
            case GenerationEvent.Finished _ -> throw new CancellationException("the search was cancelled");
            case GenerationEvent.Failed(EngineException cause) -> throw cause;
        };
    }

    private GenerationRequest step(Hypothesis beam, int index) {
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
                request.scheduling(),
                OptionalInt.of(2 * options.width()));
    }
}
