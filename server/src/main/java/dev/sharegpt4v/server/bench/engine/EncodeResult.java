package dev.sharegpt4v.server.bench.engine;

/**
 * How long encodes of one batch size took.
 *
 * @param batch images at once
 * @param times of the encodes; their tokens are images
 */
public record EncodeResult(int batch, StepTimes times) {}
