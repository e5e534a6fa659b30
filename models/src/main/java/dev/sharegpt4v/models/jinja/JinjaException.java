package dev.sharegpt4v.models.jinja;

/** A template that is malformed, fails, raises an exception of its own, or takes more than it may. */
public class JinjaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public JinjaException(String message) {
        super(message);
    }

    static JinjaException at(int line, String message) {
        return new JinjaException("line " + line + ": " + message);
    }

    /** What a template itself says of its input, by {@code raise_exception}. */
    public static final class Raised extends JinjaException {

        private static final long serialVersionUID = 1L;

        Raised(String message) {
            super(message);
        }
    }
}
