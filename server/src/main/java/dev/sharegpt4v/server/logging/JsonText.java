package dev.sharegpt4v.server.logging;

import java.util.Map;

/**
 * A JSON object on one line, whatever its strings hold.
 *
 * <p>Source: RFC 8259. What {@link SafeText} leaves out is escaped, so that it is kept and harms no terminal; halves of
 * characters, which UTF-8 cannot say, become U+FFFD.
 */
final class JsonText {

    private final StringBuilder text = new StringBuilder("{");

    JsonText add(String name, Object value) {
        if (text.length() > 1) {
            text.append(',');
        }
        quote(name);
        text.append(':');
        if (value instanceof Number || value instanceof Boolean) {
            text.append(value);
        } else {
            quote(value.toString());
        }
        return this;
    }

    JsonText addAll(Map<String, Object> fields) {
        fields.forEach(this::add);
        return this;
    }

    private void quote(String value) {
        text.append('"');
        int at = 0;
        while (at < value.length()) {
            int point = value.codePointAt(at);
            append(point);
            at += Character.charCount(point);
        }
        text.append('"');
    }

    private void append(int point) {
        if (point == '"' || point == '\\') {
            text.append('\\').append((char) point);
        } else if (point == '\n') {
            text.append("\\n");
        } else if (point == '\t') {
            text.append("\\t");
        } else if (Character.getType(point) == Character.SURROGATE) {
            text.append('\uFFFD');
        } else if (SafeText.isUnsafe(point)) {
            for (char unit : Character.toChars(point)) {
                text.append("\\u%04x".formatted((int) unit));
            }
        } else {
            text.appendCodePoint(point);
        }
    }

    /** The object, ended. */
    @Override
    public String toString() {
        return text + "}";
    }
}
