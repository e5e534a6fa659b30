package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.engine.Engine;
import dev.sharegpt4v.runtime.onnx.NativeHeap;
import dev.sharegpt4v.server.lifecycle.Loadable;

/** What of a model in memory must be freed, in the order in which it can be. */
final class RunningModel implements Loadable {

    private final Engine engine;
    private final LoadedModel loaded;

    RunningModel(Engine engine, LoadedModel loaded) {
        this.engine = engine;
        this.loaded = loaded;
    }

    @Override
    public boolean isHealthy() {
        return engine.snapshot().healthy();
    }

    /** Weights, keys and values go, back to the system. */
    @Override
    public void stop() {
        engine.close();
        NativeHeap.trim();
    }

    /** The tokenizer goes, which requests use until they end. */
    @Override
    public void close() {
        loaded.close();
    }
}
