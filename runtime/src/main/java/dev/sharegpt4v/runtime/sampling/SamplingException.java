package dev.sharegpt4v.runtime.sampling;

/** Logits from which no token can be chosen, such as not-a-number. */
public final class SamplingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SamplingException(String message) {
        super(message);
    }
}
