package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.models.image.KeptMemory;
import dev.sharegpt4v.runtime.engine.Engine;
import dev.sharegpt4v.runtime.engine.EngineOptions;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.server.telemetry.ModelMetrics;

/** Gives everything that keeps memory a gauge of its bytes and one of its limit. */
final class CacheGauges {

    private CacheGauges() {}

    static void watch(
            ModelMetrics metrics, Engine engine, EngineOptions options, OpenDevice device, LoadedModel model) {
        long block = device.kvBlockBytes();
        KvGeometry geometry = device.executor().geometry();
        long capacity = block * geometry.blocks();
        metrics.cacheConfig(geometry.blockSize(), geometry.blocks());
        metrics.watchBytes(
                "kv_cache",
                "Keys and values of live requests",
                () -> block * engine.snapshot().usedBlocks(),
                capacity);
        metrics.watchBytes(
                "prefix_cache",
                "Keys and values that nobody holds, kept for later requests",
                () -> block * engine.snapshot().cachedBlocks(),
                capacity);
        metrics.watchBytes(
                "encoder_cache",
                "Image features that nobody needs, kept for later requests",
                () -> engine.snapshot().caches().idleFeatureBytes(),
                options.featureBytes());
        metrics.watchBytes(
                "request_images", "Prepared images of live requests", engine::imageBytes, options.imageBytes());
        KeptMemory kept = model.images().kept();
        metrics.watchBytes(
                "image_scratch",
                "Work buffers of image preparation that wait for the next image",
                () -> model.images().kept().scratch(),
                kept.scratchLimit());
        metrics.watchBytes(
                "resample_kernels",
                "Resampling weights for image sizes seen lately",
                () -> model.images().kept().kernels(),
                kept.kernelLimit());
    }
}
