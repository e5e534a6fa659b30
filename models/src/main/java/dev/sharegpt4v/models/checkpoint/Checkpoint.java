package dev.sharegpt4v.models.checkpoint;

import java.nio.file.Path;

/** An open checkpoint folder: its configuration, its tensors under canonical names, its tokenizer files. */
public interface Checkpoint extends AutoCloseable {

    CheckpointConfig config();

    TensorSource tensors();

    /** The folder of the language model, where the tokenizer files are. */
    Path folder();

    /** What the files hold, for people. */
    TensorInventory inventory();

    @Override
    void close();
}
