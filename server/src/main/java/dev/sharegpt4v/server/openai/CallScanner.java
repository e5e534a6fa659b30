package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Finds calls of functions in an answer while it is said: {@code {"name": …, "arguments": {…}}}, or an array of such
 * objects. What begins like a call is held back until it is one, or is none and so only words. One reader.
 */
public final class CallScanner {

    /** What was found. */
    public sealed interface Event {

        /** A call begins. */
        record Began(int call, String id, String name) implements Event {}

        /** More of a call's arguments. */
        record Arguments(int call, String piece) implements Event {}
    }

    private enum State {
        START,
        IN_LIST,
        AFTER_ITEM,
        IN_OBJECT,
        AFTER_MEMBER,
        KEY,
        COLON,
        NAME_VALUE,
        NAME,
        ARGUMENTS_VALUE,
        ARGUMENTS,
        WORDS,
        OVER
    }

    private static final JsonMapper JSON = new JsonMapper();

    private final Set<String> names;
    private final List<Event> events = new ArrayList<>();
    private final List<ToolCall> calls = new ArrayList<>();
    private final StringBuilder held = new StringBuilder();
    private final StringBuilder string = new StringBuilder();
    private final StringBuilder arguments = new StringBuilder();
    private final boolean bare;
    private State state;
    private Optional<String> name = Optional.empty();
    private String id = "";
    private boolean list;
    private boolean committed;
    private boolean hasArguments;
    private int told;
    private int depth;
    private boolean quoted;
    private boolean escaped;

    private CallScanner(Set<String> names, boolean bare) {
        this.names = names;
        this.bare = bare;
        this.state = bare ? State.ARGUMENTS_VALUE : State.START;
    }

    /** For answers that may be calls of functions of these names. */
    public static CallScanner of(Set<String> names) {
        return new CallScanner(Set.copyOf(names), false);
    }

    /** For answers that may be calls of these functions, or must be one of the function that is named. */
    public static CallScanner of(Tools tools) {
        return tools.named()
                .map(CallScanner::named)
                .orElseGet(() ->
                        of(tools.functions().stream().map(ToolFunction::name).collect(Collectors.toSet())));
    }

    /** For an answer that is, from its first character on, the arguments of one function. */
    public static CallScanner named(String name) {
        CallScanner scanner = new CallScanner(Set.of(name), true);
        scanner.name = Optional.of(name);
        return scanner;
    }

    /** Takes more of the answer, and returns what of it is words. */
    public String append(String text) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (state == State.WORDS) {
                words.append(c);
            } else if (state != State.OVER) {
                held.append(c);
                next(c);
                if (state == State.WORDS) {
                    words.append(held);
                }
            }
        }
        tell();
        return words.toString();
    }

    /** What was held back and is only words, since nothing more is said. */
    public String finish() {
        boolean words = !committed && calls.isEmpty() && state != State.WORDS && state != State.OVER;
        boolean open = committed && state != State.OVER;
        if (open) {
            end();
        }
        state = State.OVER;
        return words ? held.toString() : "";
    }

    /** Whether the calls are complete, so that nothing more need be said. */
    public boolean isOver() {
        return state == State.OVER;
    }

    /** Whether something was called. */
    public boolean hasCalls() {
        return committed || !calls.isEmpty();
    }

    /** All calls that have ended, with their arguments as far as they were said. */
    public List<ToolCall> calls() {
        return List.copyOf(calls);
    }

    /** Whether something was found since it was taken last. */
    public boolean hasEvents() {
        return !events.isEmpty();
    }

    /** What was found since this was asked last. */
    public List<Event> takeEvents() {
        List<Event> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    private void next(char c) {
        switch (state) {
            case START -> opening(c, '[');
            case IN_LIST -> opening(c, ' ');
            case AFTER_ITEM -> afterItem(c);
            case IN_OBJECT -> member(c);
            case AFTER_MEMBER -> afterMember(c);
            case KEY -> key(c);
            case COLON -> colon(c);
            case NAME_VALUE -> open(c, '"', State.NAME);
            case NAME -> name(c);
            case ARGUMENTS_VALUE -> argumentsValue(c);
            case ARGUMENTS -> arguments(c);
            case WORDS, OVER -> throw new IllegalStateException("it is known what this is. This is a bug.");
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    private void opening(char c, char bracket) {
        if (isSpace(c)) {
            return;
        }
        if (c == bracket) {
            list = true;
            state = State.IN_LIST;
        } else {
            open(c, '{', State.IN_OBJECT);
        }
    }

    private void open(char c, char expected, State then) {
        if (c == expected) {
            string.setLength(0);
            state = then;
        } else if (!isSpace(c)) {
            giveUp();
        }
    }

    /** Not what a call looks like: words, unless a call was told of already. */
    private void giveUp() {
        if (hasCalls()) {
            if (committed) {
                end();
            }
            state = State.OVER;
        } else {
            state = State.WORDS;
        }
    }

    private void afterItem(char c) {
        if (c == ',') {
            state = State.IN_LIST;
        } else if (c == ']') {
            state = State.OVER;
        } else if (!isSpace(c)) {
            giveUp();
        }
    }

    private void member(char c) {
        open(c, '"', State.KEY);
    }

    private void afterMember(char c) {
        if (c == ',') {
            state = State.IN_OBJECT;
        } else if (c == '}') {
            endObject();
        } else if (!isSpace(c)) {
            giveUp();
        }
    }

    /** Takes a character of a string; whether it was the quote that ends it. */
    private boolean endsString(char c) {
        if (c == '"' && !escaped) {
            return true;
        }
        string.append(c);
        escaped = !escaped && c == '\\';
        return false;
    }

    /** The string without its escapes; empty where they are none of JSON's. */
    private String decoded() {
        try {
            return JSON.readTree("\"" + string + "\"").asText();
        } catch (JsonProcessingException e) {
            return "";
        }
    }

    private void key(char c) {
        if (endsString(c)) {
            state = State.COLON;
        }
    }

    private void colon(char c) {
        if (c != ':') {
            if (!isSpace(c)) {
                giveUp();
            }
            return;
        }
        switch (decoded()) {
            case "name" -> state = State.NAME_VALUE;
            // Llama and vLLM say parameters.
            case "arguments", "parameters" -> state = State.ARGUMENTS_VALUE;
            default -> giveUp();
        }
    }

    private void name(char c) {
        if (!endsString(c)) {
            return;
        }
        String called = decoded();
        if (names.contains(called) && name.isEmpty()) {
            name = Optional.of(called);
            state = State.AFTER_MEMBER;
            commit();
        } else {
            giveUp();
        }
    }

    private void argumentsValue(char c) {
        if (isSpace(c)) {
            return;
        }
        if (c != '{' || hasArguments) {
            giveUp();
            return;
        }
        hasArguments = true;
        state = State.ARGUMENTS;
        depth = 0;
        commit();
        arguments(c);
    }

    private void arguments(char c) {
        arguments.append(c);
        if (quoted) {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            return;
        }
        switch (c) {
            case '"' -> quoted = true;
            case '{', '[' -> depth++;
            case '}', ']' -> depth--;
            default -> {}
        }
        if (depth == 0 && bare) {
            end();
            state = State.OVER;
        } else if (depth == 0) {
            state = State.AFTER_MEMBER;
        }
    }

    private void endObject() {
        if (name.isPresent() && !hasArguments) {
            // A function without parameters.
            arguments.append("{}");
            hasArguments = true;
            commit();
        }
        if (committed) {
            end();
            state = list ? State.AFTER_ITEM : State.OVER;
        } else {
            giveUp();
        }
    }

    /** What has a known name and arguments is a call. */
    private void commit() {
        if (name.isPresent() && hasArguments) {
            committed = true;
            id = "call_" + UUID.randomUUID().toString().replace("-", "").substring(0, 24);
            events.add(new Event.Began(calls.size(), id, name.get()));
        }
    }

    private void tell() {
        if (committed && arguments.length() > told) {
            events.add(new Event.Arguments(calls.size(), arguments.substring(told)));
            told = arguments.length();
        }
    }

    private void end() {
        tell();
        calls.add(new ToolCall(id, name.orElseThrow(), arguments.toString()));
        name = bare ? name : Optional.empty();
        arguments.setLength(0);
        committed = false;
        hasArguments = false;
        told = 0;
        quoted = false;
        escaped = false;
    }
}
