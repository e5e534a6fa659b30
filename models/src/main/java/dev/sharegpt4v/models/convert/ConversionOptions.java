package dev.sharegpt4v.models.convert;

/**
 * How to write a package.
 *
 * @param weights of the decoder's matrices
 * @param visionWeights of the vision tower's and the projector's matrices
 * @param blockSize weights that share a scale in quantised formats: 32, 64, 128 or 256
 * @param symmetric whether quantised weights go without zero points; {@code int8} always does
 * @param measure whether quantised weights are compared with fp32 where the model is small enough; see
 *     {@link QuantisationMeter#isQuick}
 * @param replace whether a package that is already at the target is replaced
 * @param rule by which the scales of {@code int4} are found
 */
public record ConversionOptions(
        WeightFormat weights,
        WeightFormat visionWeights,
        int blockSize,
        boolean symmetric,
        boolean measure,
        boolean replace,
        ScaleRule rule) {

    /**
     * The kernels keep eight bytes beside each block and work on each block apart, so that blocks of 64 make decoding a
     * tenth and prompts a third slower. See docs/adr/0007.
     */
    public static final int DEFAULT_BLOCK_SIZE = 128;

    public ConversionOptions {
        if (!Quantisation.BLOCK_SIZES.contains(blockSize)) {
            throw new IllegalArgumentException("block size " + blockSize + " is not 32, 64, 128 or 256");
        }
        if (visionWeights == WeightFormat.INT4) {
            throw new IllegalArgumentException("the vision tower is not stored in int4: its features lose too much");
        }
    }

    /** The defaults of a format: the vision tower stays in floating point, {@code int4} has zero points. */
    public static ConversionOptions of(WeightFormat weights) {
        WeightFormat vision = weights == WeightFormat.FP32 ? WeightFormat.FP32 : WeightFormat.FP16;
        return new ConversionOptions(weights, vision, DEFAULT_BLOCK_SIZE, false, true, false, ScaleRule.LEAST_SQUARES);
    }

    /** The same, with a package at the target replaced. */
    public ConversionOptions replacing() {
        return new ConversionOptions(weights, visionWeights, blockSize, symmetric, measure, true, rule);
    }

    /** The same, without a comparison with fp32. */
    public ConversionOptions unmeasured() {
        return new ConversionOptions(weights, visionWeights, blockSize, symmetric, false, replace, rule);
    }

    /** Whether any matrix is rounded block by block. */
    boolean isQuantised() {
        return weights.isQuantised() || visionWeights.isQuantised();
    }

    /** Whether the decoder's matrices are quantised without zero points. */
    boolean isSymmetric() {
        return weights == WeightFormat.INT8 || (weights == WeightFormat.INT4 && symmetric);
    }

    MatrixFormat decoderMatrices() {
        return matrices(weights);
    }

    MatrixFormat visionMatrices() {
        return matrices(visionWeights);
    }

    private MatrixFormat matrices(WeightFormat format) {
        return switch (format) {
            case FP32 -> new MatrixFormat.Full(OnnxType.FLOAT);
            case FP16 -> new MatrixFormat.Full(OnnxType.FLOAT16);
            case INT8 -> new MatrixFormat.Blocks(new Quantisation(8, blockSize, true, rule));
            case INT4 -> new MatrixFormat.Blocks(new Quantisation(4, blockSize, symmetric, rule));
        };
    }
}
