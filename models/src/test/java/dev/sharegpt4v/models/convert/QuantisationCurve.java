package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.models.catalog.QuantisationReport;
import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.runtime.engine.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Prints what each way to store weights costs: the table in docs/performance.md.
 *
 * <p>Arguments: a checkpoint, a folder of PNG pictures, a folder to work in. The divergence is that of a model from itself
 * in fp32 where it is unsure: after a picture, a question and random words. Where the demo model answers about its own
 * world it is so sure that no format differs.
 */
final class QuantisationCurve {

    private static final int PROMPTS = 120;
    private static final int WORDS = 64;
    private static final int POSITIONS = 256;
    private static final int ROWS = 64;
    private static final int COLUMNS = 4096;

    private final Path checkpoint;
    private final Path work;
    private final List<Answer> answers;

    private QuantisationCurve(Path checkpoint, Path pictures, Path work) throws IOException {
        this.checkpoint = checkpoint;
        this.work = work;
        convert(ConversionOptions.of(WeightFormat.FP32).replacing());
        this.answers = answers(pictures);
    }

    private record Answer(Prompt prompt, List<Integer> words, List<float[]> logits) {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            throw new IllegalArgumentException("give CHECKPOINT PICTURES WORK");
        }
        new QuantisationCurve(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2])).print();
    }

    private void print() {
        System.out.println(
                "| bits | block | zero points | scales | bits a weight | error of normal weights | of heavy tails"
                        + " | of far channels | mean KL | same best token |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        for (boolean symmetric : new boolean[] {false, true}) {
            for (ScaleRule rule : ScaleRule.values()) {
                for (int blockSize : new int[] {32, 64, 128, 256}) {
                    print(WeightFormat.INT4, new Quantisation(4, blockSize, symmetric, rule));
                }
            }
        }
        for (int blockSize : new int[] {32, 64, 128, 256}) {
            print(WeightFormat.INT8, new Quantisation(8, blockSize, true, ScaleRule.EXTREMES));
        }
    }

    private void print(WeightFormat format, Quantisation quantisation) {
        convert(new ConversionOptions(
                Device.CPU,
                format,
                WeightFormat.FP32,
                quantisation.blockSize(),
                quantisation.symmetric(),
                false,
                true,
                quantisation.rule()));
        QuantisationReport report = compare();
        StringBuilder errors = new StringBuilder();
        for (ToDoubleFunction<Random> weights : distributions().values()) {
            errors.append(String.format(Locale.ROOT, " %.2f %% |", 100 * error(quantisation, weights)));
        }
        // The kernels keep a scale and a sum of four bytes each beside a block.
        System.out.printf(
                Locale.ROOT,
                "| %d | %d | %s | %s | %.2f |%s %.4f | %.1f %% |%n",
                quantisation.bits(),
                quantisation.blockSize(),
                quantisation.symmetric() ? "no" : "yes",
                quantisation.searches() ? "least squares" : "extremes",
                quantisation.bits() + 64.0 / quantisation.blockSize(),
                errors,
                report.meanDivergence(),
                100 * report.sameBestToken());
    }

    private static Map<String, ToDoubleFunction<Random>> distributions() {
        Map<String, ToDoubleFunction<Random>> found = new LinkedHashMap<>();
        found.put("normal", Random::nextGaussian);
        found.put("Student's t, 5 degrees of freedom", random -> {
            double square = 0;
            for (int i = 0; i < 5; i++) {
                square += Math.pow(random.nextGaussian(), 2);
            }
            return random.nextGaussian() / Math.sqrt(square / 5);
        });
        found.put("one of a hundred five times as large", random -> {
            double size = random.nextInt(100) == 0 ? 5 : 1;
            return size * random.nextGaussian();
        });
        return found;
    }

    /** Root of the mean squared error over the root of the mean square. */
    private static double error(Quantisation quantisation, ToDoubleFunction<Random> weights) {
        Random random = new Random(5);
        double error = 0;
        double square = 0;
        float[] row = new float[COLUMNS];
        for (int index = 0; index < ROWS; index++) {
            for (int column = 0; column < COLUMNS; column++) {
                row[column] = (float) (0.02 * weights.applyAsDouble(random));
            }
            float[] restored = BlockQuantiserTest.restore(quantisation, row);
            for (int column = 0; column < COLUMNS; column++) {
                error += Math.pow((double) restored[column] - row[column], 2);
                square += Math.pow(row[column], 2);
            }
        }
        return Math.sqrt(error / square);
    }

    private void convert(ConversionOptions options) {
        try (Checkpoint opened = Checkpoints.open(checkpoint, Optional.empty())) {
            Converter.convert(opened, TokenizerSource.of(checkpoint), work, options, ConversionProgress.NONE);
        }
    }

    private List<Answer> answers(Path pictures) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(pictures)) {
            files = found.filter(file -> file.toString().endsWith(".png"))
                    .sorted()
                    .limit(PROMPTS)
                    .toList();
        }
        SplittableRandom random = new SplittableRandom(7);
        try (LoadedModel model = LoadedModel.open(work);
                PackageProbe probe = PackageProbe.open(model, POSITIONS)) {
            int vocabulary = model.shape().sampledVocabularySize();
            List<Answer> found = new ArrayList<>();
            for (Path file : files) {
                Prompt prompt = model.prompt("What is in the picture?", Files.readAllBytes(file));
                List<Integer> words = Arrays.stream(
                                random.ints(WORDS, 3, vocabulary).toArray())
                        .boxed()
                        .toList();
                found.add(new Answer(prompt, words, probe.follow(prompt, words)));
            }
            return found;
        }
    }

    private QuantisationReport compare() {
        try (LoadedModel model = LoadedModel.open(work);
                PackageProbe probe = PackageProbe.open(model, POSITIONS)) {
            Divergence divergence = new Divergence(model.shape().sampledVocabularySize());
            for (Answer answer : answers) {
                List<float[]> logits = probe.follow(answer.prompt(), answer.words());
                for (int row = 0; row < logits.size(); row++) {
                    divergence.add(answer.logits().get(row), logits.get(row));
                }
            }
            return divergence.report();
        }
    }
}
