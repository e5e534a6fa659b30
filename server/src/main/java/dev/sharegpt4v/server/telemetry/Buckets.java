package dev.sharegpt4v.server.telemetry;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * Upper bounds of histograms' buckets. Those that vLLM has, too, hold all of vLLM's, so that its names can stand for them.
 *
 * <p>Source: vLLM, {@code vllm/v1/metrics/loggers.py}.
 */
final class Buckets {

    /** vLLM's seconds to the first token. */
    static final double[] FIRST_TOKEN = {
        .001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560
    };

    /** vLLM's seconds between tokens. */
    static final double[] VLLM_TOKEN = {
        .01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80
    };

    /** A small model says a token in a millisecond. */
    static final double[] TOKEN = with(VLLM_TOKEN, .001, .0025, .005);

    /** vLLM's seconds of requests and of their parts. */
    static final double[] VLLM_REQUEST = {
        .3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680
    };

    /** Parts of requests may be much shorter. */
    static final double[] REQUEST = with(VLLM_REQUEST, .001, .005, .01, .025, .05, .1, .2);

    /** Seconds of a step. */
    static final double[] STEP = {
        .0005, .001, .0025, .005, .01, .025, .05, .075, .1, .15, .2, .3, .5, .75, 1, 2.5, 5, 10
    };

    /** Seconds of a part of an image's way. */
    static final double[] IMAGE = {.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30};

    /** Seconds of loading a model. */
    static final double[] LOAD = {.1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600};

    /** vLLM's tokens of a step. */
    static final double[] STEP_TOKENS = {1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384};

    /** Sequences of a step. */
    static final double[] SEQUENCES = {1, 2, 4, 8, 16, 32, 64, 128, 256};

    /** Pixels: squares of 128, 256, 336, 512, 768, 1024 and so on, and what larger cameras make. */
    static final double[] PIXELS = {
        16_384,
        65_536,
        112_896,
        262_144,
        589_824,
        1_048_576,
        2_097_152,
        4_194_304,
        8_388_608,
        16_777_216,
        33_554_432,
        67_108_864
    };

    private Buckets() {}

    /** vLLM's counts of tokens: 1, 2, 5, 10, 20, 50 and so on, up to a model's length. */
    static double[] tokens(int most) {
        return LongStream.iterate(1, power -> power <= most, power -> 10 * power)
                .flatMap(power -> LongStream.of(power, 2 * power, 5 * power))
                .filter(bound -> bound <= most)
                .asDoubleStream()
                .toArray();
    }

    private static double[] with(double[] some, double... more) {
        return DoubleStream.concat(Arrays.stream(some), Arrays.stream(more))
                .sorted()
                .toArray();
    }
}
