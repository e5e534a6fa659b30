package dev.sharegpt4v.runtime.testing;

import dev.sharegpt4v.runtime.accelerator.CaptureGate;
import dev.sharegpt4v.runtime.accelerator.DeviceExecutor;
import dev.sharegpt4v.runtime.accelerator.DeviceKvCache;
import dev.sharegpt4v.runtime.execution.ActivationType;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import java.util.function.IntUnaryOperator;

/**
 * An executor on a device that a test holds in its hands.
 *
 * @param accelerator the device
 * @param graph what runs on it
 * @param gate what keeps captures alone
 * @param executor the executor
 */
public record DeviceRig(FakeAccelerator accelerator, ScriptedGraph graph, CaptureGate gate, DeviceExecutor executor)
        implements AutoCloseable {

    /** A device with room enough. */
    public static DeviceRig of(ModelShape shape, KvGeometry geometry, int captures) {
        return of(new FakeAccelerator(Long.MAX_VALUE), shape, geometry, captures);
    }

    /** A device whose KV cache is allocated; a token and layer must take eight bytes. */
    public static DeviceRig of(FakeAccelerator accelerator, ModelShape shape, KvGeometry geometry, int captures) {
        ScriptedGraph graph = new ScriptedGraph(accelerator, Continuation.HASHED);
        CaptureGate gate = new CaptureGate();
        DeviceExecutor executor = new DeviceExecutor(
                accelerator,
                graph,
                new DeviceKvCache(accelerator, shape, geometry, ActivationType.FP16),
                shape,
                geometry,
                captures,
                gate,
                IntUnaryOperator.identity());
        return new DeviceRig(accelerator, graph, gate, executor);
    }

    @Override
    public void close() {
        executor.close();
    }
}
