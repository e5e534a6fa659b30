package dev.sharegpt4v.models.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.sharegpt4v.runtime.engine.EngineException;

/** Failures in LangChain4j's terms, the same as its OpenAI client gives for our answers over HTTP. */
final class Failures {

    private Failures() {}

    static LangChain4jException of(EngineException failure) {
        String message = failure.getMessage();
        return switch (failure) {
            case EngineException.TooLong e -> new InvalidRequestException(message, e);
            case EngineException.TooMany e -> new InvalidRequestException(message, e);
            case EngineException.QueueFull e -> new RateLimitException(message, e);
            case EngineException.TimedOut e -> new TimeoutException(message, e);
            case EngineException.ShuttingDown e -> new InternalServerException(message, e);
            case EngineException.DeviceFailed e -> new InternalServerException(message, e);
        };
    }

    static UnsupportedFeatureException unsupported(String what) {
        return new UnsupportedFeatureException(what + " not supported by this model");
    }
}
