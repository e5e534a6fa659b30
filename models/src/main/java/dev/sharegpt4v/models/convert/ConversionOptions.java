package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.Precision;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;

/**
 * How to write a package.
 *
 * @param device what the graphs are for
 * @param weights of the decoder's matrices
 * @param visionWeights of the vision tower's and the projector's matrices; on CUDA the format of the activations
 * @param blockSize weights that share a scale in quantised formats: 32, 64, 128 or, on the CPU, 256
 * @param symmetric whether quantised weights go without zero points; {@code int8} always does
 * @param measure whether quantised weights are compared with fp32 where the model is small enough and the device is the
 *     CPU; see {@link QuantisationMeter#isQuick}
 * @param replace whether a package that is already at the target is replaced
 * @param rule by which the scales of {@code int4} are found
 */
public record ConversionOptions(
        Device device,
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

    /** Larger blocks have no kernels for few rows on CUDA. */
    private static final int LARGEST_CUDA_BLOCK = 128;

    public ConversionOptions {
        if (!Quantisation.BLOCK_SIZES.contains(blockSize)) {
            throw new IllegalArgumentException("block size " + blockSize + " is not 32, 64, 128 or 256");
        }
        switch (device) {
            case CPU -> requireCpu(weights, visionWeights);
            case CUDA -> requireCuda(weights, visionWeights, blockSize);
        }
    }

    /** The defaults of a format on the CPU. */
    public static ConversionOptions of(WeightFormat weights) {
        return of(Device.CPU, weights);
    }

    /** The defaults of a format: the vision tower stays in floating point, {@code int4} has zero points. */
    public static ConversionOptions of(Device device, WeightFormat weights) {
        WeightFormat vision = switch (device) {
            case CPU -> weights == WeightFormat.FP32 ? WeightFormat.FP32 : WeightFormat.FP16;
            case CUDA -> cudaActivations(weights);
        };
        return new ConversionOptions(
                device, weights, vision, DEFAULT_BLOCK_SIZE, false, true, false, ScaleRule.LEAST_SQUARES);
    }

    private static void requireCpu(WeightFormat weights, WeightFormat visionWeights) {
        if (!weights.runsOn(Device.CPU) || !visionWeights.runsOn(Device.CPU)) {
            throw new IllegalArgumentException(
                    "bf16 is for --device cuda: the CPU multiplies no matrices of it; fp16 is as small, and fp32 is exact");
        }
        if (visionWeights == WeightFormat.INT4) {
            throw new IllegalArgumentException("the vision tower is not stored in int4: its features lose too much");
        }
    }

    private static void requireCuda(WeightFormat weights, WeightFormat visionWeights, int blockSize) {
        if (!weights.runsOn(Device.CUDA)) {
            throw new IllegalArgumentException(
                    "weights for --device cuda are fp16, bf16 or int4, not %s: its attention computes in fp16 or bf16"
                            .formatted(weights.wireName()));
        }
        if (visionWeights != cudaActivations(weights)) {
            throw new IllegalArgumentException(
                    "beside a decoder in %s the vision tower for --device cuda is stored in %s, not %s"
                            .formatted(
                                    weights.wireName(), cudaActivations(weights).wireName(), visionWeights.wireName()));
        }
        if (weights.isQuantised() && blockSize > LARGEST_CUDA_BLOCK) {
            throw new IllegalArgumentException(
                    "block size " + blockSize + " is not 32, 64 or 128, which are what --device cuda has kernels for");
        }
    }

    private static WeightFormat cudaActivations(WeightFormat weights) {
        return weights == WeightFormat.BF16 ? WeightFormat.BF16 : WeightFormat.FP16;
    }

    /** The same, with a package at the target replaced. */
    public ConversionOptions replacing() {
        return new ConversionOptions(device, weights, visionWeights, blockSize, symmetric, measure, true, rule);
    }

    /** The same, without a comparison with fp32. */
    public ConversionOptions unmeasured() {
        return new ConversionOptions(device, weights, visionWeights, blockSize, symmetric, false, replace, rule);
    }

    /** Type of the values between the graphs' operators. */
    public Precision activations() {
        return switch (device) {
            case CPU -> Precision.FP32;
            case CUDA -> weights == WeightFormat.BF16 ? Precision.BF16 : Precision.FP16;
        };
    }

    /** Whether any matrix is rounded block by block. */
    boolean isQuantised() {
        return weights.isQuantised() || visionWeights.isQuantised();
    }

    /** Whether what quantisation costs is to be measured, which runs the graphs. */
    boolean measures() {
        return measure && isQuantised() && device == Device.CPU;
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

    DecoderAttention attention(DecoderConfig config) {
        return switch (device) {
            case CPU -> new OwnAttention(config);
            case CUDA -> new CudaAttention(config, OnnxType.of(activations()));
        };
    }

    private MatrixFormat matrices(WeightFormat format) {
        OnnxType scales = OnnxType.of(activations());
        return switch (format) {
            case FP32 -> new MatrixFormat.Full(OnnxType.FLOAT);
            case FP16 -> new MatrixFormat.Full(OnnxType.FLOAT16);
            case BF16 -> new MatrixFormat.Full(OnnxType.BFLOAT16);
            case INT8 -> new MatrixFormat.Blocks(new Quantisation(8, blockSize, true, rule, scales));
            case INT4 -> new MatrixFormat.Blocks(new Quantisation(4, blockSize, symmetric, rule, scales));
        };
    }
}
