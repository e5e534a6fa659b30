package dev.sharegpt4v.server.openai;

/**
 * One member of a chat request. What the server does with it stands here once: the reader checks by it, and the table in
 * docs/api.md has its row.
 *
 * @param name of the member
 * @param origin who invented it
 * @param treatment what becomes of it
 * @param values that it may have, as the table shows them
 * @param meaning for the table
 * @param check of its value
 */
public record ChatField(
        String name, Origin origin, Treatment treatment, String values, String meaning, FieldCheck check) {

    /** Who invented a member. */
    public enum Origin {
        OPENAI("OpenAI"),
        VLLM("vLLM"),
        LLAMA_CPP("llama.cpp"),
        OWN("own");

        private final String text;

        Origin(String text) {
            this.text = text;
        }
    }

    /** What becomes of a member. */
    public enum Treatment {
        /** It does what it says. */
        HONOURED("yes"),
        /** It is checked, and changes nothing here. */
        HARMLESS("no effect"),
        /** Only values that ask for nothing are taken; others are refused by name. */
        REFUSED("refused");

        private final String text;

        Treatment(String text) {
            this.text = text;
        }
    }

    static ChatField honoured(String name, Origin origin, String values, String meaning) {
        return new ChatField(name, origin, Treatment.HONOURED, values, meaning, FieldCheck.ELSEWHERE);
    }

    static ChatField harmless(String name, Origin origin, String values, String meaning, FieldCheck check) {
        return new ChatField(name, origin, Treatment.HARMLESS, values, meaning, check);
    }

    static ChatField refused(String name, Origin origin, String values, String meaning, FieldCheck check) {
        return new ChatField(name, origin, Treatment.REFUSED, values, meaning, check);
    }

    /** Its row of the table in docs/api.md. */
    public String row() {
        return "| `%s` | %s | %s | %s | %s |".formatted(name, origin.text, treatment.text, values, meaning);
    }
}
