package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.models.catalog.QuantisationReport;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.execution.KvFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * How far keys and values in halves and bytes take a model from itself with floats, as the distribution of the next token
 * sees it.
 *
 * <p>Two kinds of text follow a picture and a question: the model's own answer, of which it is sure, and random words, of
 * which it is not.
 */
final class KvDivergence {

    private static final int WORDS = 64;
    private static final int POSITIONS = 256;

    private KvDivergence() {}

    /** Prints the table in docs/performance.md. Arguments: a package, a folder of PNG pictures. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("give PACKAGE PICTURES");
        }
        for (boolean own : new boolean[] {true, false}) {
            measure(Path.of(arguments[0]), Path.of(arguments[1]), Integer.MAX_VALUE, own)
                    .forEach(cost -> System.out.printf(
                            Locale.ROOT,
                            "| %s | %s | %d | %.2e | %.2e | %.2f %% |%n",
                            cost.format().name().toLowerCase(Locale.ROOT),
                            own ? "its own answer" : "random words",
                            cost.report().positions(),
                            cost.report().meanDivergence(),
                            cost.report().largestDivergence(),
                            100 * cost.report().sameBestToken()));
        }
    }

    /** What a format costs. */
    record Cost(KvFormat format, QuantisationReport report) {}

    /**
     * Compares fp16 and int8 with fp32, in this order.
     *
     * @param most pictures
     * @param own whether the model's own answers follow, or random words
     */
    static List<Cost> measure(Path packageFolder, Path pictures, int most, boolean own) throws IOException {
        try (LoadedModel model = LoadedModel.open(packageFolder)) {
            List<Prompt> prompts = new ArrayList<>();
            for (Path file : pictures(pictures, most)) {
                prompts.add(model.prompt("Describe the picture.", Files.readAllBytes(file)));
            }
            List<List<Integer>> texts = new ArrayList<>();
            List<List<float[]>> expected = new ArrayList<>();
            SplittableRandom random = new SplittableRandom(7);
            try (PackageProbe probe = PackageProbe.open(model, POSITIONS, KvFormat.FP32)) {
                for (Prompt prompt : prompts) {
                    List<Integer> text = own
                            ? probe.sample(prompt, WORDS, random)
                            : random.ints(WORDS, 3, model.shape().sampledVocabularySize())
                                    .boxed()
                                    .toList();
                    texts.add(text);
                    expected.add(probe.follow(prompt, text));
                }
            }
            List<Cost> costs = new ArrayList<>();
            for (KvFormat format : List.of(KvFormat.FP16, KvFormat.INT8)) {
                costs.add(new Cost(format, compare(model, format, prompts, texts, expected)));
            }
            return costs;
        }
    }

    private static QuantisationReport compare(
            LoadedModel model,
            KvFormat format,
            List<Prompt> prompts,
            List<List<Integer>> texts,
            List<List<float[]>> expected) {
        Divergence divergence = new Divergence(model.shape().sampledVocabularySize());
        try (PackageProbe probe = PackageProbe.open(model, POSITIONS, format)) {
            for (int i = 0; i < prompts.size(); i++) {
                List<float[]> found = probe.follow(prompts.get(i), texts.get(i));
                for (int row = 0; row < found.size(); row++) {
                    divergence.add(expected.get(i).get(row), found.get(row));
                }
            }
        }
        return divergence.report();
    }

    private static List<Path> pictures(Path folder, int most) throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            return found.filter(file -> file.toString().endsWith(".png"))
                    .sorted()
                    .limit(most)
                    .toList();
        }
    }
}
