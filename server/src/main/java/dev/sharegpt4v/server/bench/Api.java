package dev.sharegpt4v.server.bench;

/** Which of OpenAI's routes is measured. */
public enum Api {
    /** Dialogues, with pictures. */
    CHAT("/v1/chat/completions"),
    /** Plain text, for servers without a chat template. */
    COMPLETIONS("/v1/completions");

    private final String path;

    Api(String path) {
        this.path = path;
    }

    public String path() {
        return path;
    }
}
