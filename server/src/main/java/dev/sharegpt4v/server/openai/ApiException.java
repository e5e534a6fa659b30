package dev.sharegpt4v.server.openai;

import java.time.Duration;
import java.util.Optional;

/** An answer other than success, in OpenAI's terms. */
public final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final String code;
    private final String param;
    private final Duration retryAfter;

    private ApiException(int status, String type, String code, String param, String message) {
        this(status, type, code, param, message, Duration.ofSeconds(1));
    }

    private ApiException(int status, String type, String code, String param, String message, Duration retryAfter) {
        super(message);
        this.status = status;
        this.type = type;
        this.code = code;
        this.param = param;
        this.retryAfter = retryAfter;
    }

    /** The caller's fault. */
    public static ApiException badRequest(String code, String param, String message) {
        return new ApiException(400, "invalid_request_error", code, param, message);
    }

    /** A value that a field cannot have. */
    public static ApiException invalid(String param, String message) {
        return badRequest("invalid_value", param, message);
    }

    /** A field that must be there. */
    public static ApiException missing(String param) {
        return badRequest("missing_required_parameter", param, "Missing required parameter: '" + param + "'.");
    }

    /** Any 4xx that is about the exchange and not about a field. */
    public static ApiException exchange(int status, String code, String message) {
        return new ApiException(status, "invalid_request_error", code, "", message);
    }

    /** No model of that name. */
    public static ApiException noModel(String name) {
        return new ApiException(
                404, "invalid_request_error", "model_not_found", "model", "The model `" + name + "` does not exist.");
    }

    /** Too much at once; the caller may try again. */
    public static ApiException overloaded(String message) {
        return new ApiException(429, "rate_limit_error", "queue_full", "", message);
    }

    /** More than this caller may ask; it may try again after a time. */
    public static ApiException limited(String code, String message, Duration retryAfter) {
        return new ApiException(429, "rate_limit_error", code, "", message, retryAfter);
    }

    /** Not now; the caller may try again. */
    public static ApiException unavailable(String code, String message) {
        return new ApiException(503, "server_error", code, "", message);
    }

    /** Not now; the caller may try again after a time. */
    public static ApiException unavailable(String code, String message, Duration retryAfter) {
        return new ApiException(503, "server_error", code, "", message, retryAfter);
    }

    /** Nobody waits for the answer any more. */
    public static ApiException clientGone() {
        return new ApiException(499, "invalid_request_error", "client_closed_request", "", "The client has gone.");
    }

    /** Our fault. */
    public static ApiException internal(String message) {
        return new ApiException(500, "server_error", "internal_error", "", message);
    }

    /** Our fault, of a kind that callers can tell from others. */
    public static ApiException failed(int status, String code, String message) {
        return new ApiException(status, "server_error", code, "", message);
    }

    /** The same of a request in another shape, where a part of the field's path is another. */
    public ApiException renamed(String part, String other) {
        return new ApiException(
                status,
                type,
                code,
                param.replace(part, other),
                String.valueOf(getMessage()).replace(part, other),
                retryAfter);
    }

    public int status() {
        return status;
    }

    public String type() {
        return type;
    }

    public String code() {
        return code;
    }

    /** The path of the field at fault. */
    public Optional<String> param() {
        return param.isEmpty() ? Optional.empty() : Optional.of(param);
    }

    /** When the same request may succeed, where it may. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** Whether the same request may succeed later. */
    public boolean isRetryable() {
        return status == 429 || status == 503;
    }
}
