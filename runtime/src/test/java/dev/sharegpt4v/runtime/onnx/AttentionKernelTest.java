package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sharegpt4v.runtime.execution.KvFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernel in every storage format against attention as the textbook writes it. */
final class AttentionKernelTest {

    @ParameterizedTest
    @CsvSource({
        "4, 4, 64, 16",
        "3, 3, 64, 32",
        "8, 2, 128, 32",
        "2, 1, 16, 16",
        "5, 5, 24, 16",
        "4, 2, 80, 64",
        "1, 1, 2, 16",
        "6, 6, 32, 64"
    })
    void chunksAndSingleTokensAgreeWithPlainAttention(int heads, int kvHeads, int headSize, int blockSize) {
        for (KvFormat format : KvFormat.values()) {
            try (AttentionScene scene = new AttentionScene(
                    format, heads, kvHeads, headSize, blockSize, 3, headSize, Random::nextGaussian)) {
                check(scene.run(List.of(37, 1, 5)));
                check(scene.run(List.of(1, 1, 1)));
                check(scene.run(List.of(1, 70, 1)));
                check(scene.run(List.of(3, 1, 16)));
                check(scene.run(List.of(1, 1, 1)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void headsOf7bKeepTheBoundOfTheirFormat(KvFormat format) {
        try (AttentionScene scene = new AttentionScene(format, 32, 32, 128, 64, 1, 7, Random::nextGaussian)) {
            check(scene.run(List.of(150)));
            List<AttentionScene.Output> decoded = scene.run(List.of(1));
            check(decoded);
            assertThat(relativeError(decoded))
                    .isLessThan(
                            switch (format) {
                                case FP32 -> 1e-6;
                                case FP16 -> 5e-4;
                                case INT8 -> 2e-2;
                            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void heavyTailsKeepTheBoundOfTheirFormat(KvFormat format) {
        for (int headSize : new int[] {128, 32}) {
            try (AttentionScene scene =
                    new AttentionScene(format, 6, 6, headSize, 64, 2, 8, AttentionKernelTest::heavyTails)) {
                check(scene.run(List.of(90, 33)));
                check(scene.run(List.of(1, 1)));
                check(scene.run(List.of(1, 8)));
            }
        }
    }

    /** Student's t of 3 degrees of freedom, and one of a hundred ten times as large. */
    private static double heavyTails(Random random) {
        double square = 0;
        for (int i = 0; i < 3; i++) {
            square += Math.pow(random.nextGaussian(), 2);
        }
        return (random.nextInt(100) == 0 ? 10 : 1) * random.nextGaussian() / Math.sqrt(square / 3);
    }

    @ParameterizedTest
    @EnumSource
    void aSequenceGetsTheSameBesideOthersAsAlone(KvFormat format) {
        ToDoubleFunction<Random> normal = Random::nextGaussian;
        try (AttentionScene alone = new AttentionScene(format, 4, 4, 64, 32, 1, 9, normal);
                AttentionScene beside = new AttentionScene(format, 4, 4, 64, 32, 3, 10, normal)) {
            int place = 0;
            for (int length : new int[] {45, 1, 1, 12, 1}) {
                float[] inputs = alone.inputs(length);
                float[] all = beside.inputs(20 + length + 1);
                System.arraycopy(inputs, 0, all, 20 * beside.width(), inputs.length);
                float[] expected = alone.run(List.of(length), inputs);
                float[] found = beside.run(List.of(20, length, 1), all);
                int row = expected.length / length;
                assertThat(Arrays.copyOfRange(found, 20 * row, (20 + length) * row))
                        .isEqualTo(expected);
                for (int i = 0; i < length; i++, place++) {
                    alone.remember(0, inputs, i, place);
                    beside.remember(1, inputs, i, place);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void copiedBlocksGoOnLikeTheirOriginals(KvFormat format) {
        try (AttentionScene scene = new AttentionScene(format, 4, 2, 80, 32, 1, 11, Random::nextGaussian)) {
            check(scene.run(List.of(50)));
            scene.fork(0);
            check(scene.run(List.of(1, 3)));
            check(scene.run(List.of(20, 1)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTokenWithoutASlotIsAnsweredAndNotWritten(KvFormat format) {
        for (int length : new int[] {1, 5}) {
            try (AttentionScene scene = new AttentionScene(format, 4, 2, 32, 16, 2, 13, Random::nextGaussian);
                    AttentionScene dropping = new AttentionScene(format, 4, 2, 32, 16, 2, 13, Random::nextGaussian)) {
                float[] first = scene.inputs(2 * length);
                assertThat(dropping.run(List.of(length, length), first))
                        .isEqualTo(scene.run(List.of(length, length), first));
                byte[] before = dropping.cache();
                // The same tokens again, so that what is read has the same bits as what would be written.
                dropping.writeNothing();
                assertThat(dropping.run(List.of(length, length), first))
                        .isEqualTo(scene.run(List.of(length, length), first));
                dropping.run(List.of(length, length), dropping.inputs(2 * length));
                assertThat(dropping.cache()).isEqualTo(before);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNoNumberShowsInLaterTokens(KvFormat format) {
        for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            for (int length : new int[] {1, 4}) {
                try (AttentionScene scene = new AttentionScene(format, 1, 1, 16, 16, 1, 12, Random::nextGaussian)) {
                    float[] inputs = scene.inputs(3);
                    // The middle token's value.
                    inputs[scene.width() + 2 * 16 + 5] = broken;
                    scene.run(List.of(3), inputs);
                    for (int token = 0; token < 3; token++) {
                        scene.remember(0, inputs, token, token);
                    }
                    float[] later = scene.run(List.of(length), scene.inputs(length));
                    assertThat(Float.isFinite(later[5])).isFalse();
                }
            }
        }
    }

    private static void check(List<AttentionScene.Output> outputs) {
        assertThat(outputs)
                .allSatisfy(output -> assertThat(output.actual())
                        .as(output.place())
                        .isCloseTo(
                                output.expected().value(),
                                within(output.expected().bound())));
    }

    /** Root of the squared errors over the squares. */
    private static double relativeError(List<AttentionScene.Output> outputs) {
        double error = 0;
        double square = 0;
        for (AttentionScene.Output output : outputs) {
            error += Math.pow(output.actual() - output.expected().value(), 2);
            square += Math.pow(output.expected().value(), 2);
        }
        return Math.sqrt(error / square);
    }
}
