package dev.sharegpt4v.models.jinja;

import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A chat template, read and ready; immutable.
 *
 * <p>The language is Jinja's with the settings and functions of transformers, but for what reads other files, changes values
 * in place, or is recursive. Source: Jinja 3.1's documentation; transformers' utils/chat_template_utils.py.
 */
public final class Template {

    /** Characters of a template at most. */
    public static final int LONGEST = 1 << 17;

    private final List<Statement> body;
    private final boolean goesThroughParts;

    private Template(List<Statement> body, boolean goesThroughParts) {
        this.body = body;
        this.goesThroughParts = goesThroughParts;
    }

    /**
     * Reads a template.
     *
     * @throws JinjaException when it is malformed
     */
    public static Template of(String source) {
        if (source.length() > LONGEST) {
            throw new JinjaException("the template has more than " + LONGEST + " characters");
        }
        ContentUse use = new ContentUse();
        List<Statement> body = Parser.parse(source, use);
        return new Template(body, use.goesThroughParts());
    }

    /** Whether the content of messages must be a list of parts; else it is a text. */
    public boolean goesThroughParts() {
        return goesThroughParts;
    }

    /**
     * What it says with these variables. It takes some tenths of a second at most and some tens of megabytes.
     *
     * @throws JinjaException when it fails or takes too much
     */
    public Text render(Map<String, Value> variables, Supplier<LocalDateTime> now) {
        Map<String, Value> all = new LinkedHashMap<>(Globals.all(now));
        all.putAll(variables);
        return new Interpreter(new Work()).run(body, new Scope(all));
    }
}
