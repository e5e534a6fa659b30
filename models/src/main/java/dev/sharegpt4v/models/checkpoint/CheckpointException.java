package dev.sharegpt4v.models.checkpoint;

/** A checkpoint cannot be read; the message names the file and, where there is one, the tensor. */
public final class CheckpointException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
