package dev.sharegpt4v.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class KvCodecTest {

    private static final int CHANNELS = 128;
    private static final int BLOCK = 64;

    private static KvPool pool(KvFormat format) {
        return new KvPool(new ModelShape(10, 10, 1, 1, CHANNELS, CHANNELS, BLOCK), new KvGeometry(1, BLOCK), format);
    }

    /** Writes [token][channel] as keys and as values; reads both back as a step does. */
    private static float[][][] throughMemory(KvFormat format, float[][] tokens) {
        try (KvPool pool = pool(format)) {
            KvCodec codec = pool.codec();
            for (int token = 0; token < tokens.length; token++) {
                codec.writeKey(pool.bytes(), pool.keys(0, 0, 0), token, tokens[token]);
                codec.writeValue(pool.bytes(), pool.keys(0, 0, 0), pool.values(0, 0, 0), token, tokens[token]);
            }
            return new float[][][] {keys(pool, tokens.length), values(pool, tokens.length)};
        }
    }

    /** A channel of all keys is the score of a query that is one there and zero elsewhere. */
    private static float[][] keys(KvPool pool, int tokens) {
        float[][] found = new float[tokens][CHANNELS];
        for (int channel = 0; channel < CHANNELS; channel++) {
            float[] query = new float[CHANNELS];
            query[channel] = 1f;
            float[] scores = new float[BLOCK];
            for (int t = 0; t < BLOCK; t += KvLayout.PANEL) {
                long panel =
                        pool.keys(0, 0, 0) + t / KvLayout.PANEL * pool.layout().panel(CHANNELS);
                pool.codec().multiply(pool.bytes(), panel, query, CHANNELS, scores, t, 0f);
            }
            pool.codec().scaleScores(pool.bytes(), pool.keys(0, 0, 0), scores, 0, tokens);
            for (int token = 0; token < tokens; token++) {
                found[token][channel] = scores[token];
            }
        }
        return found;
    }

    private static float[][] values(KvPool pool, int tokens) {
        float[][] found = new float[tokens][];
        for (int token = 0; token < tokens; token++) {
            float[] weights = new float[BLOCK];
            weights[token] = 1f;
            pool.codec().scaleWeights(pool.bytes(), pool.values(0, 0, 0), weights, 0, tokens);
            float[] sums = new float[CHANNELS];
            for (int d = 0; d < CHANNELS; d += KvLayout.PANEL) {
                long panel = pool.values(0, 0, 0)
                        + d / KvLayout.PANEL * pool.layout().panel(BLOCK);
                pool.codec().multiply(pool.bytes(), panel, weights, tokens, sums, d, 1f);
            }
            found[token] = sums;
        }
        return found;
    }

    @Test
    void everyHalfComesBackAsItIs() {
        for (int first = 0; first < 0x7c00; first += BLOCK * CHANNELS) {
            float[][] tokens = new float[BLOCK][CHANNELS];
            for (int i = 0; i < BLOCK * CHANNELS; i++) {
                float half = Float.float16ToFloat((short) Math.min(first + i, 0x7bff));
                tokens[i / CHANNELS][i % CHANNELS] = i % 2 == 0 ? half : -half;
            }
            for (float[][] back : throughMemory(KvFormat.FP16, tokens)) {
                assertThat(Arrays.deepEquals(back, tokens)).isTrue();
            }
        }
    }

    @Test
    void halvesAreTheNearestAndStopAtTheLargest() {
        Random random = new Random(1);
        float[][] tokens = new float[BLOCK][CHANNELS];
        float[][] expected = new float[BLOCK][CHANNELS];
        for (int i = 0; i < BLOCK * CHANNELS; i++) {
            float value = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(14) - 7));
            tokens[i / CHANNELS][i % CHANNELS] = value;
            float half = Float.float16ToFloat(Float.floatToFloat16(value));
            // Sums have no negative zero.
            expected[i / CHANNELS][i % CHANNELS] = Float.isInfinite(half) ? Math.copySign(65_504f, value) : half + 0f;
        }
        for (float[][] back : throughMemory(KvFormat.FP16, tokens)) {
            assertThat(Arrays.deepEquals(back, expected)).isTrue();
        }
    }

    @Test
    void bytesAreTheNearestStepsOfTheirTokensLargest() {
        Random random = new Random(2);
        float[][] tokens = new float[BLOCK][CHANNELS];
        for (int token = 0; token < BLOCK; token++) {
            double size = Math.pow(10, random.nextInt(20) - 10);
            for (int channel = 0; channel < CHANNELS; channel++) {
                tokens[token][channel] = (float) (size * random.nextGaussian());
            }
        }
        for (float[][] back : throughMemory(KvFormat.INT8, tokens)) {
            for (int token = 0; token < BLOCK; token++) {
                double largest = 0;
                for (float element : tokens[token]) {
                    largest = Math.max(largest, Math.abs(element));
                }
                for (int channel = 0; channel < CHANNELS; channel++) {
                    assertThat((double) back[token][channel])
                            .isCloseTo(tokens[token][channel], within(largest / 127 * 0.50002));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void zerosAndTheSmallestNumbersComeBackSmall(KvFormat format) {
        float[][] tokens = new float[3][CHANNELS];
        Arrays.fill(tokens[1], Float.MIN_VALUE);
        for (float[][] back : throughMemory(format, tokens)) {
            for (float[] token : back) {
                for (float element : token) {
                    assertThat(Math.abs(element)).isLessThan(1e-37f);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void panelsUnpackToWhatIsMultiplied(KvFormat format) {
        Random random = new Random(3);
        try (KvPool pool = pool(format)) {
            for (int token = 0; token < BLOCK; token++) {
                float[] key = new float[CHANNELS];
                for (int channel = 0; channel < CHANNELS; channel++) {
                    key[channel] = (float) random.nextGaussian();
                }
                pool.codec().writeKey(pool.bytes(), pool.keys(0, 0, 0), token, key);
            }
            float[] unpacked = new float[CHANNELS * KvLayout.PANEL];
            pool.codec().unpack(pool.bytes(), pool.keys(0, 0, 0), CHANNELS, unpacked, 0);
            for (int channel = 0; channel < CHANNELS; channel++) {
                float[] query = new float[CHANNELS];
                query[channel] = 1f;
                float[] sums = new float[KvLayout.PANEL];
                pool.codec().multiply(pool.bytes(), pool.keys(0, 0, 0), query, CHANNELS, sums, 0, 0f);
                assertThat(Arrays.copyOfRange(unpacked, channel * KvLayout.PANEL, (channel + 1) * KvLayout.PANEL))
                        .isEqualTo(sums);
            }
        }
    }

    @Test
    void aBlockTakesHalfAndAboutAQuarterOfTheBytesOfFloats() {
        ModelShape shape = new ModelShape(10, 10, 32, 32, 128, 4096, 4096);
        long floats = CpuDevice.kvBlockBytes(shape, 64, KvFormat.FP32);
        assertThat(floats).isEqualTo(2L * 32 * 32 * 64 * 128 * 4);
        assertThat((double) CpuDevice.kvBlockBytes(shape, 64, KvFormat.FP16) / floats)
                .isBetween(0.5, 0.502);
        assertThat((double) CpuDevice.kvBlockBytes(shape, 64, KvFormat.INT8) / floats)
                .isBetween(0.25, 0.26);
    }
}
