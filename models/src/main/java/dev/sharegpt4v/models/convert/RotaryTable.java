package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import java.util.function.DoubleUnaryOperator;

/**
 * Cosines and sines of rotary position embeddings, {@code [positions, headSize / 2]}.
 *
 * <p>Angles are formed in single precision, as the models were trained: {@code position * theta^(-2i / headSize)}.
 */
final class RotaryTable {

    /** Name of the cosines in a graph. */
    static final String COSINES = "cos_cache";

    /** Name of the sines in a graph. */
    static final String SINES = "sin_cache";

    private final int positions;
    private final float[] frequencies;

    private RotaryTable(DecoderConfig config) {
        this.positions = config.contextLength();
        this.frequencies = new float[config.headSize() / 2];
        for (int index = 0; index < frequencies.length; index++) {
            frequencies[index] = 1 / (float) Math.pow(config.ropeTheta(), 2f * index / config.headSize());
        }
    }

    /** Adds both tables to a graph, stored in a type. */
    static void add(Graph graph, DecoderConfig config, OnnxType type) {
        RotaryTable table = new RotaryTable(config);
        graph.weight(FloatWeights.matrix(COSINES, type, table.rows(COSINES, Math::cos)));
        graph.weight(FloatWeights.matrix(SINES, type, table.rows(SINES, Math::sin)));
    }

    private Rows rows(String name, DoubleUnaryOperator function) {
        return new AngleRows(name, positions, frequencies, function);
    }

    /** A function of the angles of each position. */
    private static final class AngleRows implements Rows {

        private final String name;
        private final int positions;
        private final float[] frequencies;
        private final DoubleUnaryOperator function;

        AngleRows(String name, int positions, float[] frequencies, DoubleUnaryOperator function) {
            this.name = name;
            this.positions = positions;
            this.frequencies = frequencies;
            this.function = function;
        }

        @Override
        public long count() {
            return positions;
        }

        @Override
        public int columns() {
            return frequencies.length;
        }

        @Override
        public void read(long position, float[] target) {
            for (int index = 0; index < frequencies.length; index++) {
                target[index] = (float) function.applyAsDouble(position * frequencies[index]);
            }
        }

        @Override
        public String name() {
            return name;
        }
    }
}
