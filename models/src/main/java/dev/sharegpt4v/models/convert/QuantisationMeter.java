package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.models.catalog.PackagePlace;
import dev.sharegpt4v.models.catalog.QuantisationReport;
import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.ExpectedTensors;
import dev.sharegpt4v.runtime.engine.Prompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Measures what a package's weights cost against the same checkpoint in fp32.
 *
 * <p>The fp32 model answers a few fixed prompts with text drawn from its own distribution; the package is shown the same
 * words. So the positions are such as the model really meets, and each has the same past on both sides.
 */
public final class QuantisationMeter {

    private static final long QUICK_WEIGHTS = 100_000_000;
    private static final int CONTINUATION = 48;
    private static final long SEED = 20_231_121;

    private QuantisationMeter() {}

    /** Whether a model is so small that measuring it takes seconds. */
    public static boolean isQuick(CheckpointConfig config) {
        return ExpectedTensors.of(config).values().stream()
                        .mapToLong(shape -> Arrays.stream(shape).reduce(1, Math::multiplyExact))
                        .sum()
                <= QUICK_WEIGHTS;
    }

    /**
     * Compares a package with the checkpoint that it came from, and notes the result in its manifest. Needs four bytes per
     * weight inside the package's folder meanwhile, and as much memory.
     *
     * @return empty when not one of the prompts fits the model's context
     * @throws ConversionException when there is no room
     */
    public static Optional<QuantisationReport> measure(
            Checkpoint checkpoint, TokenizerSource tokenizer, Path packageFolder) {
        Path reference = packageFolder.resolve(".reference");
        try {
            try {
                ConversionOptions exact =
                        ConversionOptions.of(WeightFormat.FP32).replacing();
                Converter.convert(checkpoint, tokenizer, reference, exact, ConversionProgress.NONE);
                Optional<QuantisationReport> report = compare(reference, packageFolder);
                if (report.isPresent()) {
                    ManifestJson.store(
                            packageFolder, ManifestJson.read(packageFolder).withQuantisation(report.get()));
                }
                return report;
            } finally {
                PackagePlace.delete(reference);
            }
        } catch (IOException e) {
            throw WriteFailure.of(packageFolder, e);
        }
    }

    private static Optional<QuantisationReport> compare(Path reference, Path candidate) {
        List<Answer> answers = answers(reference);
        if (answers.isEmpty()) {
            return Optional.empty();
        }
        try (LoadedModel model = LoadedModel.open(candidate);
                PackageProbe probe =
                        PackageProbe.open(model, positions(answers.stream().map(Answer::prompt), model))) {
            Divergence divergence = new Divergence(model.shape().sampledVocabularySize());
            for (Answer answer : answers) {
                List<float[]> logits = probe.follow(answer.prompt(), answer.tokens());
                for (int row = 0; row < logits.size(); row++) {
                    divergence.add(answer.logits().get(row), logits.get(row));
                }
            }
            return Optional.of(divergence.report());
        }
    }

    private static List<Answer> answers(Path reference) {
        try (LoadedModel model = LoadedModel.open(reference)) {
            int context = model.shape().contextLength();
            List<Prompt> prompts = CalibrationPrompts.of(model).stream()
                    .filter(prompt -> prompt.length() < context)
                    .toList();
            List<Answer> answers = new ArrayList<>();
            SplittableRandom random = new SplittableRandom(SEED);
            try (PackageProbe probe = PackageProbe.open(model, positions(prompts.stream(), model))) {
                for (Prompt prompt : prompts) {
                    int room = Math.min(CONTINUATION, context - prompt.length());
                    List<Integer> tokens = probe.sample(prompt, room, random);
                    answers.add(new Answer(prompt, tokens, probe.follow(prompt, tokens)));
                }
            }
            return answers;
        }
    }

    /** Positions that the longest prompt takes with its continuation. */
    private static int positions(Stream<Prompt> prompts, LoadedModel model) {
        int longest = prompts.mapToInt(Prompt::length).max().orElse(1);
        return Math.min(longest + CONTINUATION, model.shape().contextLength());
    }

    /** What the reference said to a prompt, and its logits before each word and after the last. */
    private record Answer(Prompt prompt, List<Integer> tokens, List<float[]> logits) {}
}
