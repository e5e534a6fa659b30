package dev.sharegpt4v.models.checkpoint;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** A checkpoint whose files are mapped into an arena; closing it unmaps them. */
record OpenCheckpoint(
        Path folder, CheckpointConfig config, Map<String, TensorView> views, TensorInventory inventory, Arena arena)
        implements Checkpoint, TensorSource {

    @Override
    public TensorSource tensors() {
        return this;
    }

    @Override
    public Set<String> names() {
        return views.keySet();
    }

    @Override
    public TensorView tensor(String canonicalName) {
        TensorView view = views.get(canonicalName);
        if (view == null) {
            throw new CheckpointException(folder + ": lacks the tensor " + canonicalName);
        }
        return view;
    }

    @Override
    public void close() {
        arena.close();
    }
}
