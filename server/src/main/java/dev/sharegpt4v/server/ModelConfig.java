package dev.sharegpt4v.server;

import dev.sharegpt4v.runtime.engine.EngineOptions;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Checked settings of one model.
 *
 * @param folder of the model package
 * @param name clients ask for; the package's own when empty
 * @param device that runs the model
 * @param threads of a decoder step
 * @param encoderThreads of a batch of images
 * @param encoderBatch images per batch
 * @param kv what the KV cache may be
 * @param batchInvariance whether text is the same, to the last bit of its logits, in any company
 * @param engine limits of the engine
 */
public record ModelConfig(
        Path folder,
        Optional<String> name,
        DeviceChoice device,
        int threads,
        int encoderThreads,
        int encoderBatch,
        KvBudget kv,
        boolean batchInvariance,
        EngineOptions engine) {}
